package dev.sonde.agent.mapping;

import java.util.List;

/** The executable ranges of one process at one moment, in the order of their addresses. Immutable. */
public final class Mappings {

    private static final Mappings EMPTY = new Mappings(List.of());

    private final Mapping[] mappings;
    private final long[] starts;

    /** The ranges, which must be sorted by unsigned start and must not overlap, as the kernel prints them. */
    Mappings(List<Mapping> sorted) {
        mappings = sorted.toArray(Mapping[]::new);
        starts = new long[mappings.length];
        for (int i = 0; i < starts.length; i++) {
            Mapping mapping = mappings[i];
            if (i > 0 && Long.compareUnsigned(mappings[i - 1].end(), mapping.start()) > 0) {
                throw new IllegalArgumentException(
                        "mapping " + i + ": " + mapping + " (expected: a start at or above the end of the one before)");
            }
            starts[i] = mapping.start();
        }
    }

    /** No ranges: a kernel thread, or a process that is gone. */
    public static Mappings empty() {
        return EMPTY;
    }

    /** How many executable ranges there are. */
    public int size() {
        return mappings.length;
    }

    /** The range at an index below {@link #size()}. */
    public Mapping get(int index) {
        return mappings[index];
    }

    /** The range that holds the address, or null. Allocates nothing. */
    public Mapping find(long address) {
        int index = indexOf(address);
        return index < 0 ? null : mappings[index];
    }

    /** The index of the range that holds the address, or -1. Allocates nothing. */
    int indexOf(long address) {
        int low = 0;
        int high = starts.length - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (Long.compareUnsigned(starts[middle], address) <= 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return high >= 0 && mappings[high].contains(address) ? high : -1;
    }
}
