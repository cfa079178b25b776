package dev.sonde.agent.jvm.code;

import dev.sonde.agent.jvm.layout.CodeHeapLayout;
import dev.sonde.agent.jvm.layout.VmLayout;
import dev.sonde.agent.jvm.memory.MemoryPages;
import dev.sonde.agent.jvm.memory.ProcessMemory;
import dev.sonde.agent.jvm.memory.ProcessReadException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * Lists the blobs of the code cache. The block headers are a chain through the whole heap, megabytes of code; the segment
 * map says where the blocks begin and is a hundredth as long, so it is read instead, and only the headers of blobs.
 */
public final class BlobList {

    /** 48 MiB of nmethods are 20,000; more than this has no code cache, be it of 2 GiB. */
    private static final int MAX_BLOBS = 1 << 20;

    /** Those 20,000 take some tenths of a second on a busy machine. */
    private static final long MAX_NANOS = 5_000_000_000L;

    /** Of a segment map at a time: that of 128 MiB of code. */
    private static final int MAX_PART = 1 << 20;

    /** Headers come in the order of their addresses: pages behind are not needed again. */
    private static final int PAGES = 64;

    /** Blocks whose pages are read at once. */
    private static final int AHEAD = 16;

    private final VmLayout layout;
    private final ProcessMemory memory;
    private final CodeHeaps heaps;
    private final MemoryPages pages;
    private final BlobReader reader;
    private final long[] ahead = new long[AHEAD];
    private final LongSupplier nanoTime;
    private int unreadable;
    private int blocks;
    private long beginNanos;

    public BlobList(VmLayout layout, ProcessMemory memory) {
        this(layout, memory, System::nanoTime);
    }

    BlobList(VmLayout layout, ProcessMemory memory, LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.layout = layout;
        this.memory = memory;
        this.pages = new MemoryPages(memory, PAGES);
        this.heaps = new CodeHeaps(layout, pages);
        this.reader = new BlobReader(layout, pages);
    }

    /** All blobs in use, by address within each heap. */
    public List<CodeBlob> read() throws ProcessReadException {
        return read(blob -> true);
    }

    /**
     * The blobs in use that a test accepts.
     *
     * @throws ProcessReadException when the process cannot be read, or has more blocks than can be
     */
    public List<CodeBlob> read(Predicate<CodeBlob> wanted) throws ProcessReadException {
        List<CodeBlob> found = new ArrayList<>();
        try {
            for (CodeHeap heap : begin()) {
                read(heap, wanted, found);
            }
            return found;
        } finally {
            end();
        }
    }

    /** Begins to read pieces; the heaps as they are now. */
    List<CodeHeap> begin() throws ProcessReadException {
        unreadable = 0;
        blocks = 0;
        beginNanos = nanoTime.getAsLong();
        return heaps.read();
    }

    /** Ends reading: pages are not kept. */
    void end() {
        pages.rest();
    }

    /** A part of a heap's segment map: how many bytes of it there are. */
    int readMap(CodeHeap heap, int segment, byte[] into) throws ProcessReadException {
        checkTime("segments of code", segment);
        return memory.readUpTo(heap.segmap() + segment, into, 0, Math.min(into.length, heap.segments() - segment));
    }

    /** The heaps as they were at the last reading. */
    public List<CodeHeap> heaps() {
        return heaps.heaps();
    }

    /** How many blocks of the last reading held no blob that could be read: being made or freed just then. */
    public int unreadable() {
        return unreadable;
    }

    private void read(CodeHeap heap, Predicate<CodeBlob> wanted, List<CodeBlob> into) throws ProcessReadException {
        byte[] segmap = new byte[Math.min(heap.segments(), MAX_PART)];
        int next = 0;
        int mapped = segmap.length;
        while (next < heap.segments() && mapped > 0) {
            mapped = readMap(heap, next, segmap);
            next = read(heap, segmap, next, next, next + mapped, wanted, into);
        }
    }

    /**
     * Reads the blobs that begin in the segments from one to another.
     *
     * @param segmap their part of the map
     * @param first the segment that it begins with
     * @return the first segment behind them
     */
    int read(CodeHeap heap, byte[] segmap, int first, int from, int to, Predicate<CodeBlob> wanted, List<CodeBlob> into)
            throws ProcessReadException {
        CodeHeapLayout at = layout.codeHeap();
        int next = from;
        int fetched = from;
        while (next < to) {
            int segment = next++;
            if (segmap[segment - first] != 0) {
                continue;
            }
            countBlock();
            if (segment >= fetched) {
                fetched = first + fetch(heap, segmap, first, segment - first, to - first);
            }
            try {
                long block = heap.addressOf(segment);
                long length = at.blockLength().unsigned(pages, block);
                if (length <= 0 || length > heap.segments() - segment) {
                    unreadable++;
                    continue;
                }
                next = segment + (int) length;
                if (pages.u8(block + at.blockUsed()) != 0) {
                    CodeBlob blob = reader.read(block + at.blockHeaderBytes());
                    if (wanted.test(blob)) {
                        into.add(blob);
                    }
                }
            } catch (ProcessReadException e) {
                if (isFinal(e)) {
                    throw e;
                }
                unreadable++;
            }
        }
        return next;
    }

    /** The blocks of a code cache are as many as its JVM says. */
    private void countBlock() throws ProcessReadException {
        if (++blocks > MAX_BLOBS) {
            throw ProcessReadException.implausible("blocks of code", blocks, "at most " + MAX_BLOBS);
        }
        if (blocks % AHEAD == 0) {
            checkTime("blocks of code", blocks);
        }
    }

    /** A JVM says itself how long its maps are, and other JVMs wait meanwhile. */
    private void checkTime(String what, long read) throws ProcessReadException {
        if (nanoTime.getAsLong() - beginNanos > MAX_NANOS) {
            throw ProcessReadException.implausible(what, read, "all in " + MAX_NANOS + " ns");
        }
    }

    /** Has the pages of the next blocks read; the place in the map behind the last of them. */
    private int fetch(CodeHeap heap, byte[] segmap, int first, int from, int to) throws ProcessReadException {
        int count = 0;
        int place = from;
        for (; place < to && count < AHEAD; place++) {
            if (segmap[place] == 0) {
                ahead[count++] = heap.addressOf(first + place);
            }
        }
        pages.prefetch(ahead, count);
        return place;
    }

    private static boolean isFinal(ProcessReadException e) {
        return e.reason() == ProcessReadException.Reason.GONE || e.reason() == ProcessReadException.Reason.DENIED;
    }
}
