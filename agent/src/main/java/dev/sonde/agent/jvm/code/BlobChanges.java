package dev.sonde.agent.jvm.code;

import dev.sonde.agent.jvm.memory.ProcessReadException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.zip.CRC32C;

/**
 * Notices blobs that come and go. A JVM that compiles has other methods all the time and the same stubs, so not all blobs
 * are listed each time, but those of the pieces of the segment maps that are others than before.
 */
public final class BlobChanges {

    /** A piece of a map: 128 KiB of code, some 50 methods. */
    private static final int PIECE_BYTES = 1 << 10;

    /** In which look all pieces with wanted blobs are read again: a free block that fits exactly is used without a trace. */
    private static final int ALL_LOOKS = 12;

    /** Of a map that is read at once. */
    private static final int PIECES = 16;

    private final BlobList blobs;
    private final CRC32C sum = new CRC32C();
    private final List<CodeBlob> found = new ArrayList<>();
    private final List<Known> known = new ArrayList<>();
    private int looks;

    /** What is known of the pieces of one heap's map. */
    private static final class Known {
        private final long low;
        private final long segmap;
        private int[] sums = new int[0];
        private int[] blobs = new int[0];
        /** Whether the blobs were read once more after the piece was another: blobs have their blocks before they are there. */
        private boolean[] settled = new boolean[0];

        private Known(CodeHeap heap) {
            this.low = heap.low();
            this.segmap = heap.segmap();
        }

        /** Has blobs of those that are wanted read again, where there were any. */
        private void unsettle() {
            for (int i = 0; i < blobs.length; i++) {
                settled[i] &= blobs[i] == 0;
            }
        }

        private boolean isOf(CodeHeap heap) {
            return heap.low() == low && heap.segmap() == segmap;
        }

        /** As far as the map is there: how long it is to become is the JVM's to say. */
        private void grow(int pieces) {
            if (pieces > sums.length) {
                sums = Arrays.copyOf(sums, pieces);
                blobs = Arrays.copyOf(blobs, pieces);
                settled = Arrays.copyOf(settled, pieces);
            }
        }
    }

    /** @param blobs where they are read from; nothing is known of them yet */
    public BlobChanges(BlobList blobs) {
        this.blobs = blobs;
    }

    /**
     * Whether there are others than at the last call, of those that a test accepts.
     *
     * @throws ProcessReadException when the process cannot be read, or has more code than can be
     */
    public boolean look(Predicate<CodeBlob> wanted) throws ProcessReadException {
        try {
            List<CodeHeap> heaps = blobs.begin();
            boolean others = keep(heaps);
            byte[] map = new byte[PIECES * PIECE_BYTES];
            boolean all = ++looks % ALL_LOOKS == 0;
            for (int i = 0; i < heaps.size(); i++) {
                if (all) {
                    known.get(i).unsettle();
                }
                others |= look(heaps.get(i), known.get(i), map, wanted);
            }
            return others;
        } finally {
            blobs.end();
        }
    }

    /** Forgets what is of heaps that are there no more; whether there are others. */
    private boolean keep(List<CodeHeap> heaps) {
        boolean same = heaps.size() == known.size();
        for (int i = 0; same && i < heaps.size(); i++) {
            same = known.get(i).isOf(heaps.get(i));
        }
        if (!same) {
            known.clear();
            heaps.forEach(heap -> known.add(new Known(heap)));
        }
        return !same;
    }

    /** @param map for parts of the heap's map */
    private boolean look(CodeHeap heap, Known pieces, byte[] map, Predicate<CodeBlob> wanted)
            throws ProcessReadException {
        boolean others = false;
        int mapped = map.length;
        for (int first = 0; first < heap.segments() && mapped == map.length; first += map.length) {
            mapped = blobs.readMap(heap, first, map);
            pieces.grow((first + mapped + PIECE_BYTES - 1) / PIECE_BYTES);
            for (int at = 0; at < mapped; at += PIECE_BYTES) {
                int end = Math.min(at + PIECE_BYTES, mapped);
                int piece = (first + at) / PIECE_BYTES;
                sum.reset();
                sum.update(map, at, end - at);
                int now = (int) sum.getValue();
                if (!pieces.settled[piece] || pieces.sums[piece] != now) {
                    found.clear();
                    blobs.read(heap, map, first, first + at, first + end, wanted, found);
                    others |= note(pieces, piece, now, hash(found));
                }
            }
        }
        return others;
    }

    /** Takes note of a piece's blobs; whether they are others than before. */
    private static boolean note(Known pieces, int piece, int sum, int blobs) {
        boolean others = pieces.blobs[piece] != blobs;
        pieces.settled[piece] = pieces.sums[piece] == sum && !others;
        pieces.sums[piece] = sum;
        pieces.blobs[piece] = blobs;
        return others;
    }

    private static int hash(List<CodeBlob> blobs) {
        int hash = 0;
        for (CodeBlob blob : blobs) {
            hash = 31 * hash + Long.hashCode(hash(blob));
        }
        return hash;
    }

    /** A hash over what tells one blob from another in its place. */
    public static long hash(CodeBlob blob) {
        long hash = 31 * blob.address() + blob.sizeBytes();
        return 31 * (31 * hash + blob.kind().hashCode()) + blob.frameSizeWords();
    }
}
