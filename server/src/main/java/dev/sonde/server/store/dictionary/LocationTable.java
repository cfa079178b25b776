package dev.sonde.server.store.dictionary;

import dev.sonde.server.store.StoreException;
import it.unimi.dsi.fastutil.HashCommon;
import java.util.Arrays;

/** Locations as columns: mapping, address and lines of each. Written by one thread; others read through a {@link View}. */
public final class LocationTable {

    private static final int FREE = 0;
    private static final long HASH_BITS = 0xffffffff00000000L;

    /** Lines of all locations together, for each location allowed: real ones have 1 to 3. */
    private static final int MAX_LINES_PER_LOCATION = 8;

    /** Its three numbers and its slots, with the spare room of arrays that double. */
    private static final int ENTRY_BYTES = 48;

    private static final int LINE_BYTES = 12;

    private final int max;
    private final DictionaryBytes memory;
    private int[] mapping = new int[1024];
    private long[] address = new long[1024];
    private int[] lineStart = new int[1025];
    private int[] lineFunction = new int[1024];
    private int[] lineNumber = new int[1024];
    private int count;
    /** High half of the hash, and the id plus one; open addressing with linear probing, at most half full. */
    private long[] slots = new long[4096];

    /** A table that takes so many locations. */
    LocationTable(int max, DictionaryBytes memory) {
        this.max = max;
        this.memory = memory;
    }

    /**
     * What the table held at one moment. Entries below the count never change.
     *
     * @param lineStart where each location's lines start, and after the last one's where they end
     */
    public record View(
            int[] mapping, long[] address, int[] lineStart, int[] lineFunction, int[] lineNumber, int count) {}

    /** How many locations there are. */
    public int size() {
        return count;
    }

    /** What is in the table now. */
    public View view() {
        return new View(mapping, address, lineStart, lineFunction, lineNumber, count);
    }

    /**
     * The location's id, a new one if it is new.
     *
     * @param ofMapping id of the mapping, -1 for none
     * @param function of each line, the innermost inlined call first
     * @param number of each line
     * @throws StoreException with reason FULL
     */
    public int intern(int ofMapping, long at, int[] function, int[] number, int lines) throws StoreException {
        long hash = hash(ofMapping, at, function, number, lines);
        int slot = (int) hash & (slots.length - 1);
        while (slots[slot] != FREE) {
            int id = (int) slots[slot] - 1;
            if (((slots[slot] ^ hash) & HASH_BITS) == 0 && isLocation(id, ofMapping, at, function, number, lines)) {
                return id;
            }
            slot = (slot + 1) & (slots.length - 1);
        }
        return add(slot, hash, ofMapping, at, function, number, lines);
    }

    /** Forgets the locations from an id on, of which no view may have been taken; as {@link StackTable#truncate}. */
    public void truncate(int size) {
        while (count > size) {
            int last = count - 1;
            int slot = (int) hashOf(last) & (slots.length - 1);
            while ((int) slots[slot] != count) {
                slot = (slot + 1) & (slots.length - 1);
            }
            slots[slot] = FREE;
            memory.giveBack(bytes(lineStart[count] - lineStart[last]));
            count = last;
        }
    }

    private boolean isLocation(int id, int ofMapping, long at, int[] function, int[] number, int lines) {
        int from = lineStart[id];
        int to = lineStart[id + 1];
        return mapping[id] == ofMapping
                && address[id] == at
                && Arrays.equals(lineFunction, from, to, function, 0, lines)
                && Arrays.equals(lineNumber, from, to, number, 0, lines);
    }

    private int add(int slot, long hash, int ofMapping, long at, int[] function, int[] number, int lines)
            throws StoreException {
        int from = lineStart[count];
        if (count >= max || (long) from + lines > (long) max * MAX_LINES_PER_LOCATION) {
            throw new StoreException(
                    StoreException.Reason.FULL,
                    "locations of this day: more than " + max + ", or than " + MAX_LINES_PER_LOCATION
                            + " lines for each (expected: at most that)");
        }
        memory.take(bytes(lines));
        if (count == mapping.length) {
            mapping = Arrays.copyOf(mapping, count * 2);
            address = Arrays.copyOf(address, count * 2);
            lineStart = Arrays.copyOf(lineStart, count * 2 + 1);
        }
        if (from + lines > lineFunction.length) {
            lineFunction = Arrays.copyOf(lineFunction, (from + lines) * 2);
            lineNumber = Arrays.copyOf(lineNumber, (from + lines) * 2);
        }
        mapping[count] = ofMapping;
        address[count] = at;
        System.arraycopy(function, 0, lineFunction, from, lines);
        System.arraycopy(number, 0, lineNumber, from, lines);
        lineStart[count + 1] = from + lines;
        slots[slot] = (hash & HASH_BITS) | (count + 1);
        int id = count++;
        if (count * 2L > slots.length) {
            rehash();
        }
        return id;
    }

    private static long bytes(int lines) {
        return ENTRY_BYTES + (long) LINE_BYTES * lines;
    }

    private void rehash() {
        slots = new long[slots.length * 2];
        for (int id = 0; id < count; id++) {
            long hash = hashOf(id);
            int slot = (int) hash & (slots.length - 1);
            while (slots[slot] != FREE) {
                slot = (slot + 1) & (slots.length - 1);
            }
            slots[slot] = (hash & HASH_BITS) | (id + 1);
        }
    }

    private long hashOf(int id) {
        int from = lineStart[id];
        int to = lineStart[id + 1];
        return hash(
                mapping[id],
                address[id],
                Arrays.copyOfRange(lineFunction, from, to),
                Arrays.copyOfRange(lineNumber, from, to),
                to - from);
    }

    private static long hash(int ofMapping, long at, int[] function, int[] number, int lines) {
        long hash = HashCommon.mix(at) * 31 + ofMapping;
        for (int i = 0; i < lines; i++) {
            hash = HashCommon.mix(hash) * 31 + ((long) function[i] << 32 | number[i]);
        }
        return HashCommon.mix(hash);
    }
}
