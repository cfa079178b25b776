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
import java.util.zip.CRC32C;

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

    /** Of a segment map that is summed: the code of half a MiB. */
    private static final int PIECE_BYTES = 4 << 10;

    /** Blocks whose pages are read at once. */
    private static final int AHEAD = 16;

    private final VmLayout layout;
    private final ProcessMemory memory;
    private final CodeHeaps heaps;
    private final MemoryPages pages;
    private final BlobReader reader;
    private final long[] ahead = new long[AHEAD];
    private final LongSupplier nanoTime;
    private final CRC32C sum = new CRC32C();
    private final byte[] piece = new byte[PIECE_BYTES];
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
        return read(heap -> true, wanted);
    }

    /** The same of the heaps that another test accepts. */
    public List<CodeBlob> read(Predicate<CodeHeap> of, Predicate<CodeBlob> wanted) throws ProcessReadException {
        List<CodeBlob> found = new ArrayList<>();
        unreadable = 0;
        blocks = 0;
        beginNanos = nanoTime.getAsLong();
        try {
            for (CodeHeap heap : heaps.read()) {
                if (of.test(heap)) {
                    read(heap, wanted, found);
                }
            }
            return found;
        } finally {
            pages.rest();
        }
    }

    /**
     * A number that changes, most likely, when blobs are made or freed in some heaps: of the segment maps alone, so that it costs a
     * hundredth of what reading the blobs does. A blob may have its block for a while before it is written.
     *
     * @throws ProcessReadException when the process cannot be read, or has longer maps than can be
     */
    public long fingerprint(Predicate<CodeHeap> of) throws ProcessReadException {
        beginNanos = nanoTime.getAsLong();
        try {
            sum.reset();
            long shape = 0;
            for (CodeHeap heap : heaps.read()) {
                if (of.test(heap)) {
                    shape = 31 * shape + heap.hashCode();
                    add(heap);
                }
            }
            return shape << Integer.SIZE ^ sum.getValue();
        } finally {
            pages.rest();
        }
    }

    private void add(CodeHeap heap) throws ProcessReadException {
        int left = heap.segments();
        for (long at = heap.segmap(); left > 0; at += PIECE_BYTES, left -= PIECE_BYTES) {
            checkTime("segments of code", heap.segments() - left);
            int read = memory.readUpTo(at, piece, 0, Math.min(left, PIECE_BYTES));
            sum.update(piece, 0, read);
            if (read < Math.min(left, PIECE_BYTES)) {
                return;
            }
        }
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
        while (next < heap.segments()) {
            checkTime("segments of code", next);
            int part = Math.min(segmap.length, heap.segments() - next);
            int mapped = memory.readUpTo(heap.segmap() + next, segmap, 0, part);
            next = read(heap, segmap, next, next + mapped, wanted, into);
            if (mapped < part) {
                return;
            }
        }
    }

    /** Reads the blobs of the segments from one to another, of which the map is here; the first segment behind them. */
    private int read(CodeHeap heap, byte[] segmap, int from, int to, Predicate<CodeBlob> wanted, List<CodeBlob> into)
            throws ProcessReadException {
        CodeHeapLayout at = layout.codeHeap();
        int next = from;
        int fetched = from;
        while (next < to) {
            int segment = next++;
            if (segmap[segment - from] != 0) {
                continue;
            }
            countBlock();
            if (segment >= fetched) {
                fetched = from + fetch(heap, segmap, from, segment - from, to - from);
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
