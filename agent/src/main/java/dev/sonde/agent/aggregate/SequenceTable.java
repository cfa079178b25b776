package dev.sonde.agent.aggregate;

import java.util.Arrays;

/**
 * Sequences of longs, each kept once under a dense index, in an open-addressing table whose keys lie one after another
 * in one array. Looking up allocates nothing.
 */
final class SequenceTable {

    /** What {@link #find} answers where there is no index. */
    static final int NONE = -1;

    private static final int FIRST_SEQUENCES = 256;
    private static final int FIRST_WORDS = 4096;

    /** Index plus one, by hash; 0 = free. At most half full, so that probing stays short. */
    private int[] slots = new int[2 * FIRST_SEQUENCES];

    private long[] hashes = new long[FIRST_SEQUENCES];
    private int[] starts = new int[FIRST_SEQUENCES + 1];
    private long[] words = new long[FIRST_WORDS];
    private int size;

    int size() {
        return size;
    }

    /** What the table takes in memory. */
    long bytes() {
        return bytes(hashes.length, words.length);
    }

    /** What the table will take once a sequence of this length is added. */
    long bytesWith(int length) {
        return bytes(size == hashes.length ? 2 * size : hashes.length, capacityFor(starts[size] + length));
    }

    private static long bytes(long sequences, long capacity) {
        return sequences * (2 * Integer.BYTES + Long.BYTES + Integer.BYTES) + capacity * Long.BYTES;
    }

    /** Grown by half: a table that reaches its bound is to use most of it. */
    private int capacityFor(int wordCount) {
        return wordCount <= words.length ? words.length : Math.max(words.length + words.length / 2, wordCount);
    }

    /** Where a sequence begins in {@link #word}. */
    int start(int index) {
        return starts[index];
    }

    int end(int index) {
        return starts[index + 1];
    }

    long word(int at) {
        return words[at];
    }

    /** A hash of the first {@code length} words, good enough for tables: multiply-mix a word (splitmix64's constants). */
    static long hash(long[] sequence, int length) {
        long hash = length * 0x9e3779b97f4a7c15L;
        for (int i = 0; i < length; i++) {
            hash = (hash ^ sequence[i]) * 0xbf58476d1ce4e5b9L;
            hash ^= hash >>> 31;
        }
        return hash;
    }

    /** The index of the first {@code length} words, or {@link #NONE}. */
    int find(long hash, long[] sequence, int length) {
        int mask = slots.length - 1;
        for (int slot = (int) hash & mask; ; slot = (slot + 1) & mask) {
            int index = slots[slot] - 1;
            if (index < 0) {
                return NONE;
            }
            if (hashes[index] == hash && Arrays.equals(words, starts[index], starts[index + 1], sequence, 0, length)) {
                return index;
            }
        }
    }

    /** Adds a sequence that {@link #find} did not find. */
    int add(long hash, long[] sequence, int length) {
        int start = starts[size];
        if (size == hashes.length) {
            growSequences();
        }
        int capacity = capacityFor(start + length);
        if (capacity > words.length) {
            words = Arrays.copyOf(words, capacity);
        }
        System.arraycopy(sequence, 0, words, start, length);
        hashes[size] = hash;
        starts[size + 1] = start + length;
        place(hash, size);
        return size++;
    }

    /** Forgets all. Memory that was mostly unused this time is given back, so that one burst is not paid for ever. */
    void clear() {
        if (hashes.length > FIRST_SEQUENCES && size < hashes.length / 4) {
            hashes = new long[hashes.length / 2];
            starts = new int[hashes.length + 1];
            slots = new int[2 * hashes.length];
        } else {
            Arrays.fill(slots, 0);
        }
        if (words.length > FIRST_WORDS && starts[size] < words.length / 4) {
            words = new long[words.length / 2];
        }
        size = 0;
    }

    private void growSequences() {
        int capacity = 2 * hashes.length;
        hashes = Arrays.copyOf(hashes, capacity);
        starts = Arrays.copyOf(starts, capacity + 1);
        slots = new int[2 * capacity];
        for (int i = 0; i < size; i++) {
            place(hashes[i], i);
        }
    }

    private void place(long hash, int index) {
        int mask = slots.length - 1;
        int slot = (int) hash & mask;
        while (slots[slot] != 0) {
            slot = (slot + 1) & mask;
        }
        slots[slot] = index + 1;
    }
}
