package dev.sonde.symbolizer.symbols;

import dev.sonde.symbolizer.elf.ElfException;
import java.util.Arrays;

/** Symbols that may name code, as they stand in the file: a growing table of primitive columns. */
final class SymbolColumns {

    /**
     * Bits of an index when it is sorted together with a 32-bit number. 4,194,304 functions are several times those of
     * the largest browsers' debug builds, and keep the builder below 160 MiB.
     */
    static final int INDEX_BITS = 22;

    static final int MAX_SYMBOLS = 1 << INDEX_BITS;

    private static final int FIRST_CAPACITY = 1024;

    long[] address = new long[FIRST_CAPACITY];
    /** Unsigned; 0 where the table states none. */
    int[] size = new int[FIRST_CAPACITY];
    /** Offset in the string table, unsigned; later position in the {@link NamePool}, negative where there is none. */
    int[] name = new int[FIRST_CAPACITY];
    /** How far the code reaches at most: the rest of the section from the address, unsigned. */
    int[] room = new int[FIRST_CAPACITY];

    byte[] rank = new byte[FIRST_CAPACITY];
    int count;

    void add(long symbolAddress, int sizeBytes, int nameOffset, int roomBytes, byte symbolRank) throws ElfException {
        if (count == MAX_SYMBOLS) {
            throw ElfException.tooLarge("function symbols", "more than " + MAX_SYMBOLS, "at most that many");
        }
        if (count == address.length) {
            grow();
        }
        address[count] = symbolAddress;
        size[count] = sizeBytes;
        name[count] = nameOffset;
        room[count] = roomBytes;
        rank[count] = symbolRank;
        count++;
    }

    private void grow() {
        int capacity = address.length * 2;
        address = Arrays.copyOf(address, capacity);
        size = Arrays.copyOf(size, capacity);
        name = Arrays.copyOf(name, capacity);
        room = Arrays.copyOf(room, capacity);
        rank = Arrays.copyOf(rank, capacity);
    }
}
