package dev.sonde.symbolizer.symbols;

import dev.sonde.symbolizer.elf.ElfFile;
import java.io.IOException;

/**
 * The function symbols of a file by address, in primitive columns: 13 bytes a symbol (17 where functions nest) plus its
 * name. Immutable, so any number of threads may ask.
 */
public final class SymbolTable {

    /** Symbols that enclose one another this deep are no code; the bound keeps a lookup short. */
    private static final int MAX_NESTING = 64;

    private final long base;
    private final int[] starts;
    private final int[] sizes;
    private final int[] names;
    private final byte[] ranks;
    private final int[] parents;
    private final NamePool pool;

    SymbolTable(long base, int[] starts, int[] sizes, int[] names, byte[] ranks, int[] parents, NamePool pool) {
        this.base = base;
        this.starts = starts;
        this.sizes = sizes;
        this.names = names;
        this.ranks = ranks;
        this.parents = parents;
        this.pool = pool;
    }

    /**
     * The functions of {@code .symtab}, or of {@code .dynsym} where there is none, with those of
     * {@code .gnu_debugdata}, and the entries of the procedure linkage table as {@code name@plt}. Empty where the file
     * has no symbols.
     *
     * @throws dev.sonde.symbolizer.elf.ElfException when a table is broken or larger than its bound
     */
    public static SymbolTable read(ElfFile file) throws IOException {
        return SymbolTableReader.read(file, true);
    }

    /** How many functions there are. */
    public int size() {
        return starts.length;
    }

    /** What the table holds in memory. */
    public long memoryBytes() {
        long columns = parents == null ? 13 : 17;
        return columns * starts.length + pool.length();
    }

    /** The function whose code the ELF virtual address is part of, or null: past a function's end there is none. */
    public Symbol lookup(long address) {
        int index = indexOf(address);
        return index < 0 ? null : symbol(index);
    }

    /** The index of the function that the ELF virtual address is part of, or -1. */
    public int indexOf(long address) {
        long offset = address - base;
        if (offset >>> 32 != 0) {
            return -1;
        }
        int index = floor(offset);
        for (int depth = 0; index >= 0 && depth < MAX_NESTING; depth++) {
            if (offset - start(index) < sizeBytes(index)) {
                return index;
            }
            index = parents == null ? -1 : parents[index];
        }
        return -1;
    }

    private int floor(long offset) {
        int low = 0;
        int high = starts.length - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (start(middle) <= offset) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return high;
    }

    private long start(int index) {
        return starts[index] & 0xffff_ffffL;
    }

    /** The function at an index below {@link #size()}; indices follow the addresses. */
    public Symbol symbol(int index) {
        return new Symbol(name(index), address(index), sizeBytes(index));
    }

    /** The name at an index, without its symbol version. */
    public String name(int index) {
        return pool.name(names[index]);
    }

    /** The address at an index. */
    public long address(int index) {
        return base + start(index);
    }

    /** The length at an index. */
    public long sizeBytes(int index) {
        return sizes[index] & 0xffff_ffffL;
    }

    byte rank(int index) {
        return ranks[index];
    }

    int namePosition(int index) {
        return names[index];
    }

    NamePool pool() {
        return pool;
    }
}
