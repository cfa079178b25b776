package dev.sonde.agent.jit;

import it.unimi.dsi.fastutil.ints.IntArrays;
import it.unimi.dsi.fastutil.ints.IntHeapPriorityQueue;
import java.util.Arrays;

/** Growing columns of address ranges: start, end (exclusive), and where the name begins in the file's text. */
final class PerfMapRanges {

    private long[] starts;
    private long[] ends;
    private int[] nameOffsets;
    private int size;

    PerfMapRanges(int capacity) {
        starts = new long[capacity];
        ends = new long[capacity];
        nameOffsets = new int[capacity];
    }

    int size() {
        return size;
    }

    long retainedBytes() {
        return starts.length * (2L * Long.BYTES + Integer.BYTES);
    }

    int nameOffset(int index) {
        return nameOffsets[index];
    }

    void add(long start, long end, int nameOffset) {
        if (size == starts.length) {
            int capacity = Math.max(16, size * 2);
            starts = Arrays.copyOf(starts, capacity);
            ends = Arrays.copyOf(ends, capacity);
            nameOffsets = Arrays.copyOf(nameOffsets, capacity);
        }
        starts[size] = start;
        ends[size] = end;
        nameOffsets[size] = nameOffset;
        size++;
    }

    /** The range that holds the address, or -1; only of ranges sorted and without overlap. */
    int indexOf(long address) {
        int index = Arrays.binarySearch(starts, 0, size, address);
        if (index < 0) {
            index = -index - 2;
        }
        return index >= 0 && address < ends[index] ? index : -1;
    }

    /**
     * The same ranges sorted and without overlap: at each address the range added last counts. A sweep over the borders
     * with the ranges open at that place in a heap, the latest on top; O(n log n), at most 2n ranges come out.
     */
    PerfMapRanges withoutOverlap() {
        int[] order = new int[size];
        Arrays.setAll(order, i -> i);
        IntArrays.quickSort(order, (a, b) -> Long.compare(starts[a], starts[b]));
        IntHeapPriorityQueue open = new IntHeapPriorityQueue((a, b) -> Integer.compare(b, a));
        PerfMapRanges disjoint = new PerfMapRanges(size);
        long position = Long.MIN_VALUE;
        for (int next = 0; next < size || !open.isEmpty(); ) {
            if (open.isEmpty()) {
                position = starts[order[next]];
            }
            while (next < size && starts[order[next]] <= position) {
                open.enqueue(order[next++]);
            }
            int latest = open.firstInt();
            if (ends[latest] <= position) {
                open.dequeueInt();
                continue;
            }
            long border = ends[latest];
            if (next < size) {
                border = Math.min(border, starts[order[next]]);
            }
            disjoint.append(position, border, nameOffsets[latest]);
            position = border;
        }
        return disjoint;
    }

    /** Adds a range behind all others; one that goes on where the last ended with the same name is joined to it. */
    private void append(long start, long end, int nameOffset) {
        if (size > 0 && ends[size - 1] == start && nameOffsets[size - 1] == nameOffset) {
            ends[size - 1] = end;
        } else {
            add(start, end, nameOffset);
        }
    }
}
