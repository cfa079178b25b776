package dev.sonde.symbolizer.symbolize;

import dev.sonde.symbolizer.demangle.Demangler;
import dev.sonde.symbolizer.elf.ElfFile;
import dev.sonde.symbolizer.symbols.Symbol;
import dev.sonde.symbolizer.symbols.SymbolTable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Names the addresses of one file, or of the debuginfo that was made of it. Immutable once open. */
public final class AddressNames {

    private final SymbolTable symbols;

    private AddressNames(SymbolTable symbols) {
        this.symbols = symbols;
    }

    /**
     * Reads the names of a file, which can be closed afterwards.
     *
     * @throws dev.sonde.symbolizer.elf.ElfException when its symbols cannot be read
     */
    public static AddressNames open(ElfFile file) throws IOException {
        return new AddressNames(SymbolTable.read(file));
    }

    /** The lines of an ELF virtual address, innermost first; empty where no function is known. */
    public List<FrameLine> lines(long address) {
        Symbol symbol = symbols.lookup(address);
        return symbol == null ? List.of() : List.of(new FrameLine(Demangler.demangle(symbol.name()), symbol.name()));
    }

    /** The lines of each address, in the order given. */
    public List<List<FrameLine>> lines(long[] addresses) {
        List<List<FrameLine>> lines = new ArrayList<>(addresses.length);
        for (long address : addresses) {
            lines.add(lines(address));
        }
        return lines;
    }

    /** What the names hold in memory. */
    public long memoryBytes() {
        return symbols.memoryBytes();
    }
}
