package dev.sonde.symbolizer.cfi.dwarf;

import dev.sonde.symbolizer.cfi.CodeRange;
import dev.sonde.symbolizer.cfi.FrameProblem;
import dev.sonde.symbolizer.cfi.FrameProblems;
import dev.sonde.symbolizer.elf.ElfException;
import java.io.IOException;
import java.util.Arrays;

/** Goes through a section from its first entry to its last. */
final class FdeWalk {

    /**
     * FDEs sorted in memory, 8 MiB: the agent's heap has 64. Only files without a sound .eh_frame_hdr are sorted, and
     * those are small; the largest program seen has 200,000 functions.
     */
    static final int MAX_SORTED = 1 << 20;

    private final FrameSection section;
    private final FrameProblems problems;

    FdeWalk(FrameSection section, FrameProblems problems) {
        this.section = section;
        this.problems = problems;
    }

    /** How many FDEs there are, as far as the entries' heads are sound. Reads nothing but heads. */
    long count() throws IOException {
        long count = 0;
        try {
            for (FrameEntry entry = section.next(0); entry != null; entry = section.next(entry.end())) {
                count += entry.isCie() ? 0 : 1;
            }
        } catch (CfiFault e) {
            // Whoever sorts goes the same way and counts it.
        }
        return count;
    }

    /** The FDEs of functions in a range, sorted. Broken ones are counted and left out. */
    FunctionOrder sorted(FdeReader reader, CodeRange code) throws IOException {
        long[] packed = new long[1024];
        int size = 0;
        FrameEntry entry = next(0);
        while (entry != null) {
            if (!entry.isCie() && isFunction(entry, reader, code)) {
                if (size == MAX_SORTED) {
                    throw ElfException.tooLarge("functions without .eh_frame_hdr", size + 1, "at most " + MAX_SORTED);
                }
                if (size == packed.length) {
                    packed = Arrays.copyOf(packed, size * 2);
                }
                packed[size++] = ((reader.start() - code.start()) << 32) | entry.start();
            }
            entry = next(entry.end());
        }
        Arrays.sort(packed, 0, size);
        return new Sorted(packed, size, code.start());
    }

    private FrameEntry next(long offset) throws IOException {
        try {
            return section.next(offset);
        } catch (CfiFault e) {
            // Without a sound length there is no next entry.
            problems.add(e.problem(), 0);
            return null;
        }
    }

    private boolean isFunction(FrameEntry entry, FdeReader reader, CodeRange code) throws IOException {
        try {
            reader.read(entry);
        } catch (CfiFault e) {
            problems.add(e.problem(), 0);
            return false;
        }
        if (!code.contains(reader.start())) {
            problems.add(FrameProblem.OUTSIDE_CODE, reader.start());
            return false;
        }
        return true;
    }

    /** Function offset in the code in the upper half, offset of the FDE in the lower. */
    private record Sorted(long[] packed, long size, long codeStart) implements FunctionOrder {
        @Override
        public boolean isSorted() {
            return true;
        }

        @Override
        public long start(long index) {
            return codeStart + (packed[(int) index] >>> 32);
        }

        @Override
        public long entry(long index) {
            return packed[(int) index] & 0xffff_ffffL;
        }
    }
}
