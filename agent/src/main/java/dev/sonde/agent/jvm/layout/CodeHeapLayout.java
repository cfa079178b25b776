package dev.sonde.agent.jvm.layout;

import dev.sonde.agent.jvm.memory.IntField;

/**
 * Where the code heaps are listed and how one is laid out (memory/heap.hpp, code/codeCache.hpp).
 *
 * @param heaps address of CodeCache::_heaps, a pointer to a GrowableArray of CodeHeap*; JDK 8: of CodeCache::_heap, the
 *     pointer to its only heap
 * @param single whether it is JDK 8's
 * @param listLength where a GrowableArray has its length; ABSENT in JDK 8
 * @param listData where a GrowableArray has the pointer to its elements; ABSENT in JDK 8
 * @param memory CodeHeap::_memory, a VirtualSpace that lies in the CodeHeap: the blocks
 * @param segmap CodeHeap::_segmap, the same: a byte a segment, the hops back to the block's first segment, 0xff where free
 * @param log2SegmentSize CodeHeap::_log2_segment_size
 * @param low VirtualSpace::_low: the first byte committed
 * @param high VirtualSpace::_high: behind the last one committed
 * @param lowBoundary VirtualSpace::_low_boundary: the first byte reserved
 * @param highBoundary VirtualSpace::_high_boundary: behind the last one reserved
 * @param blockHeaderBytes size of HeapBlock: the blob stands behind it
 * @param blockLength HeapBlock::Header::_length, in segments, the header included
 * @param blockUsed HeapBlock::Header::_used, a bool
 * @param lowBound address of CodeCache::_low_bound, a pointer to the lowest reserved byte of all heaps; ABSENT_ADDRESS
 *     where unknown
 * @param highBound address of CodeCache::_high_bound, the same for the end
 */
public record CodeHeapLayout(
        long heaps,
        boolean single,
        int listLength,
        int listData,
        int memory,
        int segmap,
        int log2SegmentSize,
        int low,
        int high,
        int lowBoundary,
        int highBoundary,
        int blockHeaderBytes,
        IntField blockLength,
        int blockUsed,
        long lowBound,
        long highBound) {

    static CodeHeapLayout read(VmStructs s) throws VmLayoutException {
        boolean single = !s.has("CodeCache::_heaps");
        return new CodeHeapLayout(
                s.staticAddress(single ? "CodeCache::_heap" : "CodeCache::_heaps"),
                single,
                single ? VmLayout.ABSENT : s.offsetOfFirst("GrowableArrayBase::_len", "GenericGrowableArray::_len"),
                // The elements' type makes no difference to the array's layout.
                single ? VmLayout.ABSENT : s.offset("GrowableArray<int>::_data"),
                s.offset("CodeHeap::_memory"),
                s.offset("CodeHeap::_segmap"),
                s.offset("CodeHeap::_log2_segment_size"),
                s.offset("VirtualSpace::_low"),
                s.offset("VirtualSpace::_high"),
                s.offset("VirtualSpace::_low_boundary"),
                s.offset("VirtualSpace::_high_boundary"),
                s.size("HeapBlock"),
                s.integer("HeapBlock::Header::_length"),
                s.offset("HeapBlock::Header::_used"),
                s.staticAddressOrAbsent("CodeCache::_low_bound"),
                s.staticAddressOrAbsent("CodeCache::_high_bound"));
    }
}
