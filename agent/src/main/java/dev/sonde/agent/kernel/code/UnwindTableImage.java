package dev.sonde.agent.kernel.code;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
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

    /** struct sonde_unwind_file. */
    public static final int FILE_BYTES = 32 + 24 * MAX_SEGMENTS;

    /** Where the time of its last use stands, nanoseconds of the monotonic clock. */
    public static final int FILE_USED = 0;

    /** Where its slot stands. */
    public static final int FILE_SLOT = 8;

    /** Where in the file's entry its struct unwind_layout begins: with the slot. */
    private static final int FILE_LAYOUT = FILE_SLOT;

    private static final int LAYOUT_INDEX = 4;
    private static final int LAYOUT_RULES = 8;
    private static final int LAYOUT_PAGES = 12;
    private static final int LAYOUT_PAGE_BITS = 16;
    private static final int FILE_SEGMENTS = 32;
    private static final int SEGMENT_BYTES = 24;

    /** struct bpf_array has less. */
    private static final int ARRAY_BYTES = 512;

    private static final int MAX_POWER_BYTES = 32 << 10;

    /**
     * An executable segment.
     *
     * @param begin offset of its first byte in the file
     * @param end that of the first byte behind it
     * @param toTable what to add to an offset in the file for the place in the table
     */
    public record Segment(long begin, long end, long toTable) {}

    /** The same table, its blocks from elsewhere. */
    public UnwindTableImage withBlocks(Blocks others) {
        return new UnwindTableImage(others, blockCount, indexBlock, ruleBlock, pages, pageBits, segments);
    }

    /**
     * What the kernel's memory for the blocks is: up to 32 KiB it gives powers of two, beyond pages
     * (__bpf_map_area_alloc() in kernel/bpf/syscall.c).
     */
    public long bytes() {
        long bytes = ARRAY_BYTES + (long) blockCount * BLOCK_BYTES;
        return bytes <= MAX_POWER_BYTES ? Long.highestOneBit(bytes - 1) << 1 : (bytes + 4095) & -4096;
    }

    /**
     * Writes all of a {@code struct sonde_unwind_file} but the time of its use.
     *
     * @param file {@link #FILE_BYTES}, aligned to 8
     * @param slot the number that the table has among others
     */
    public void describe(MemorySegment file, int slot) {
        describeLayout(file.asSlice(FILE_LAYOUT), slot);
        for (int i = 0; i < segments.size(); i++) {
            long at = FILE_SEGMENTS + (long) i * SEGMENT_BYTES;
            file.set(JAVA_LONG, at, segments.get(i).begin());
            file.set(JAVA_LONG, at + 8, segments.get(i).end());
            file.set(JAVA_LONG, at + 16, segments.get(i).toTable());
        }
    }

    /** Writes a {@code struct unwind_layout} to the begin of {@code layout}. */
    void describeLayout(MemorySegment layout, int slot) {
        layout.set(JAVA_INT, 0, slot);
        layout.set(JAVA_INT, LAYOUT_INDEX, indexBlock);
        layout.set(JAVA_INT, LAYOUT_RULES, ruleBlock);
        layout.set(JAVA_INT, LAYOUT_PAGES, pages);
        layout.set(JAVA_INT, LAYOUT_PAGE_BITS, pageBits);
    }

    /** Where the blocks come from. */
    public interface Blocks {
        /** Fills {@code into}, of {@link #BLOCK_BYTES}, from a block. */
        void read(int number, byte[] into) throws IOException;
    }
}
