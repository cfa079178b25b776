package dev.sonde.server.store.dictionary;

/**
 * What the dictionaries of one day may hold. They are in memory. An append that needs more is refused.
 *
 * @param stackNodes nodes of the stack tree (16 bytes each)
 * @param locations locations, functions, mappings: each at most this many (a location 40 bytes, the others about 150)
 * @param labelSets sets of sample labels
 * @param series series
 * @param profiles profiles (16 bytes each, not among the bytes)
 * @param bytes estimated memory of all the others together; strings count by every mention
 */
public record DictionaryLimits(int stackNodes, int locations, int labelSets, int series, int profiles, long bytes) {

    /** A day of full tables with names of usual length. */
    private static final long MAX_BYTES = 640L << 20;

    /** Half a million stack nodes and their names: what a small site has in a day. */
    private static final long MIN_BYTES = 64L << 20;

    /** Four days are open by default, and half of the heap is for what else a server does. */
    private static final int HEAP_SHARE = 8;

    /**
     * 8 M stack nodes, 3.6 times those of the 300,000 stacks of a large site; 2 M locations; 4 M profiles, which 485 series
     * send that send every 10 s; an eighth of the heap, 64 to 640 MiB.
     */
    public static DictionaryLimits defaults() {
        return new DictionaryLimits(
                8 << 20,
                2 << 20,
                1 << 18,
                1 << 17,
                4 << 20,
                bytesFor(Runtime.getRuntime().maxMemory()));
    }

    private static long bytesFor(long maxHeapBytes) {
        return Math.clamp(maxHeapBytes / HEAP_SHARE, MIN_BYTES, MAX_BYTES);
    }
}
