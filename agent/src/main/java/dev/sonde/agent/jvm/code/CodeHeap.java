package dev.sonde.agent.jvm.code;

/**
 * One heap of the code cache: blocks of whole segments, and a map of a byte a segment that tells how far back the block
 * begins (memory/heap.hpp).
 *
 * @param low first byte of the blocks
 * @param high behind the last byte that is committed; grows
 * @param highBoundary behind the last byte that is reserved; fixed
 * @param segmap the map's first byte
 * @param log2SegmentSize log2 of a segment's size
 */
public record CodeHeap(long low, long high, long highBoundary, long segmap, int log2SegmentSize) {

    /** The map's value for a segment in no block (CodeHeap::free_sentinel). */
    public static final int FREE = 0xff;

    /** Whether an address lies in the part that is reserved. */
    public boolean contains(long address) {
        return address >= low && address < highBoundary;
    }

    /** How many segments are committed. */
    int segments() {
        return (int) ((high - low) >>> log2SegmentSize);
    }

    /** The segment of an address inside. */
    int segmentOf(long address) {
        return (int) ((address - low) >>> log2SegmentSize);
    }

    /** The address of a segment. */
    long addressOf(int segment) {
        return low + ((long) segment << log2SegmentSize);
    }
}
