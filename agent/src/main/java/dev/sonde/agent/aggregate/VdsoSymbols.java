package dev.sonde.agent.aggregate;

import dev.sonde.symbolizer.elf.ElfFile;
import dev.sonde.symbolizer.symbols.Symbol;
import dev.sonde.symbolizer.symbols.SymbolTable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The functions of the vDSO (vdso(7)). The kernel maps the same one into all 64-bit processes, so the agent's own tells
 * the names for all.
 */
public final class VdsoSymbols {

    /** Three pages at most in the kernels up to 6.18; more is not believed. */
    private static final long MAX_BYTES = 1 << 20;

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
        List<String> lines = Files.readAllLines(Path.of("/proc/self/maps"));
        for (String line : lines) {
            if (line.endsWith("[vdso]")) {
                long start = Long.parseUnsignedLong(line, 0, line.indexOf('-'), 16);
                long end = Long.parseUnsignedLong(line, line.indexOf('-') + 1, line.indexOf(' '), 16);
                return of(read(start, end - start));
            }
        }
        throw new IOException("/proc/self/maps: no [vdso] (expected: one)");
    }

    private static byte[] read(long start, long length) throws IOException {
        if (length <= 0 || length > MAX_BYTES) {
            throw new IOException("[vdso]: " + length + " bytes (expected: 1 to " + MAX_BYTES + ")");
        }
        byte[] bytes = new byte[(int) length];
        try (RandomAccessFile memory = new RandomAccessFile("/proc/self/mem", "r")) {
            memory.seek(start);
            memory.readFully(bytes);
        }
        return bytes;
    }

    static VdsoSymbols of(byte[] image) throws IOException {
        try (ElfFile file = ElfFile.of(MemorySegment.ofArray(image))) {
            return new VdsoSymbols(SymbolTable.read(file));
        }
    }

    /** The function at an address relative to the vDSO's start, or null. */
    String name(long address) {
        Symbol symbol = symbols == null ? null : symbols.lookup(address);
        return symbol == null ? null : symbol.name();
    }
}
