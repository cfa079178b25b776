package dev.sonde.agent.kallsyms;

import dev.sonde.agent.mapping.Vdso;
import dev.sonde.symbolizer.elf.ElfFile;
import dev.sonde.symbolizer.symbols.Symbol;
import dev.sonde.symbolizer.symbols.SymbolTable;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/**
 * The functions of the vDSO (vdso(7)). The kernel maps the same one into all 64-bit processes, so the agent's own tells
 * the names for all.
 */
public final class VdsoSymbols {

    private final SymbolTable symbols;

    private VdsoSymbols(SymbolTable symbols) {
        this.symbols = symbols;
    }

    /** Knows no name. */
    public static VdsoSymbols none() {
        return new VdsoSymbols(null);
    }

    /**
     * Reads the vDSO of this process.
     *
     * @throws IOException when there is none or it cannot be read
     */
    public static VdsoSymbols ofThisProcess() throws IOException {
        return of(Vdso.image());
    }

    static VdsoSymbols of(byte[] image) throws IOException {
        try (ElfFile file = ElfFile.of(MemorySegment.ofArray(image))) {
            return new VdsoSymbols(SymbolTable.read(file));
        }
    }

    /** The function at an address relative to the vDSO's start, or null. */
    public String name(long address) {
        Symbol symbol = symbols == null ? null : symbols.lookup(address);
        return symbol == null ? null : symbol.name();
    }
}
