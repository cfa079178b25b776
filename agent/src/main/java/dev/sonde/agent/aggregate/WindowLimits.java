package dev.sonde.agent.aggregate;

/**
 * How much one window holds, all of it together; what is beyond is dropped and counted.
 *
 * @param maxBytes estimated bytes of heap; the stack that reaches it may go beyond it
 */
public record WindowLimits(long maxBytes) {

    /** Positions in the tables are ints, of words of 8 bytes. */
    private static final long MOST_BYTES = 1L << 32;

    private static final long HEAP_BYTES = Runtime.getRuntime().maxMemory();

    /**
     * For an agent. Two windows are open at the turn, and the one that is closed becomes profiles, which take as much
     * again: half of the heap is left to all else.
     */
    public static final WindowLimits AGENT = new WindowLimits(Math.min(HEAP_BYTES / 8, MOST_BYTES));

    /** For a recording, which has but one window. */
    public static final WindowLimits RECORDING = new WindowLimits(Math.min(HEAP_BYTES / 4, MOST_BYTES));

    public WindowLimits {
        if (maxBytes < 1 || maxBytes > MOST_BYTES) {
            throw new IllegalArgumentException("window: " + maxBytes + " bytes (expected: 1 to " + MOST_BYTES + ")");
        }
    }
}
