package dev.sonde.agent.jvm.code;

import dev.sonde.agent.jvm.layout.CodeHeapLayout;
import dev.sonde.agent.jvm.layout.VmLayout;
import dev.sonde.agent.jvm.memory.MemoryPages;
import dev.sonde.agent.jvm.memory.ProcessReadException;
import java.util.ArrayList;
import java.util.List;

/** The code cache's heaps, and the block that an address lies in. One thread at a time, for the pages are. */
public final class CodeHeaps {

    /** Three since JDK 9, one in a small code cache; JDK 26 knows a fourth. */
    private static final int MAX_HEAPS = 16;

    /** ReservedCodeCacheSize is at most 2 GiB (CODE_CACHE_SIZE_LIMIT, globals.hpp). */
    private static final long MAX_HEAP_BYTES = 2L << 30;

    /** CodeCacheSegmentSize is 1 to 1024 (globals.hpp). */
    private static final int MAX_LOG2_SEGMENT = 10;

    /** CodeCacheSegmentSize is 64 or 128 (c1_globals_x86.hpp, c2_globals_x86.hpp). */
    private static final long MAX_SEGMENTS = MAX_HEAP_BYTES / 64;

    /** A hop leads at most 254 segments back; 11 hops were the most seen. */
    private static final int MAX_HOPS = 4096;

    private final VmLayout layout;
    private final MemoryPages pages;
    private List<CodeHeap> heaps = List.of();

    public CodeHeaps(VmLayout layout, MemoryPages pages) {
        this.layout = layout;
        this.pages = pages;
    }

    /**
     * Reads bounds and places of the heaps; what is committed grows, what is reserved stays.
     *
     * @return them; empty while the JVM has none yet
     */
    public List<CodeHeap> read() throws ProcessReadException {
        CodeHeapLayout at = layout.codeHeap();
        List<CodeHeap> found = new ArrayList<>();
        long list = pages.i64(at.heaps());
        if (list == 0) {
            heaps = List.of();
            return heaps;
        }
        if (at.single()) {
            found.add(heap(list));
        } else {
            int count = pages.i32(list + at.listLength());
            if (count < 0 || count > MAX_HEAPS) {
                throw ProcessReadException.implausible("CodeCache::_heaps._len", count, "0 to " + MAX_HEAPS);
            }
            long data = pages.i64(list + at.listData());
            for (int i = 0; i < count; i++) {
                found.add(heap(pages.i64(data + (long) i * Long.BYTES)));
            }
        }
        heaps = List.copyOf(found);
        return heaps;
    }

    /** Reads them unless they were there before: what {@link #blobAt} needs of them never changes. */
    public void readOnce() throws ProcessReadException {
        if (heaps.isEmpty()) {
            read();
        }
    }

    private CodeHeap heap(long address) throws ProcessReadException {
        CodeHeapLayout at = layout.codeHeap();
        long memory = address + at.memory();
        long segmap = address + at.segmap();
        CodeHeap heap = new CodeHeap(
                pages.i64(memory + at.low()),
                pages.i64(memory + at.high()),
                pages.i64(memory + at.highBoundary()),
                pages.i64(segmap + at.low()),
                pages.i32(address + at.log2SegmentSize()));
        long bytes = heap.highBoundary() - heap.low();
        if (heap.low() <= 0 || bytes < 0 || bytes > MAX_HEAP_BYTES) {
            throw ProcessReadException.implausible("CodeHeap::_memory bytes", bytes, "0 to " + MAX_HEAP_BYTES);
        }
        if (heap.high() < heap.low() || heap.high() > heap.highBoundary()) {
            throw ProcessReadException.implausible("CodeHeap::_memory._high", heap.high(), "within the heap");
        }
        if (heap.log2SegmentSize() < 0 || heap.log2SegmentSize() > MAX_LOG2_SEGMENT) {
            throw ProcessReadException.implausible(
                    "CodeHeap::_log2_segment_size", heap.log2SegmentSize(), "0 to " + MAX_LOG2_SEGMENT);
        }
        if (bytes >>> heap.log2SegmentSize() > MAX_SEGMENTS) {
            throw ProcessReadException.implausible(
                    "CodeHeap's segments", bytes >>> heap.log2SegmentSize(), "at most " + MAX_SEGMENTS);
        }
        return heap;
    }

    /** The heaps as they were read last. */
    public List<CodeHeap> heaps() {
        return heaps;
    }

    /** The heap that has reserved an address, or null. */
    public CodeHeap heapOf(long address) {
        for (int i = 0; i < heaps.size(); i++) {
            CodeHeap heap = heaps.get(i);
            if (heap.contains(address)) {
                return heap;
            }
        }
        return null;
    }

    /**
     * The blob in whose block an address lies, or 0: it lies in no heap, or in a free block.
     *
     * @throws ProcessReadException when the map cannot be read or leads out of the heap
     */
    public long blobAt(long address) throws ProcessReadException {
        CodeHeap heap = heapOf(address);
        if (heap == null) {
            return 0;
        }
        int segment = heap.segmentOf(address);
        int hop = pages.u8(heap.segmap() + segment);
        if (hop == CodeHeap.FREE) {
            return 0;
        }
        for (int hops = 0; hop != 0; hops++) {
            segment -= hop;
            if (segment < 0 || hops == MAX_HOPS) {
                throw ProcessReadException.implausible("CodeHeap::_segmap hop", hop, "a way to the block's start");
            }
            hop = pages.u8(heap.segmap() + segment);
        }
        long block = heap.addressOf(segment);
        return pages.u8(block + layout.codeHeap().blockUsed()) == 0
                ? 0
                : block + layout.codeHeap().blockHeaderBytes();
    }
}
