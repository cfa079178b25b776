package dev.sonde.agent.kernel;

import java.io.IOException;
import java.util.List;

/**
 * A file's unwind table as the sampling program reads it (unwind/table_format.h).
 *
 * @param blocks the blocks: rows, then the page index, then rules
 * @param blockCount how many they are
 * @param indexBlock the first block of the page index
 * @param ruleBlock the first block of rules
 * @param pages pages of code in the index
 * @param pageBits binary logarithm of a page's bytes
 * @param segments the file's executable segments, at most {@link #MAX_SEGMENTS}
 */
public record UnwindTableImage(
        Blocks blocks, int blockCount, int indexBlock, int ruleBlock, int pages, int pageBits, List<Segment> segments) {

    /** UNWIND_SEGMENTS. */
    public static final int MAX_SEGMENTS = 4;

    /** UNWIND_BLOCK_BYTES. */
    public static final int BLOCK_BYTES = 4096;

    /**
     * An executable segment.
     *
     * @param begin offset of its first byte in the file
     * @param end that of the first byte behind it
     * @param toTable what to add to an offset in the file for the place in the table
     */
    public record Segment(long begin, long end, long toTable) {}

    /** What the kernel's memory for the blocks is. */
    public long bytes() {
        return (long) blockCount * BLOCK_BYTES;
    }

    /** Where the blocks come from. */
    public interface Blocks {
        /** Fills {@code into}, of {@link #BLOCK_BYTES}, from a block. */
        void read(int number, byte[] into) throws IOException;
    }
}
