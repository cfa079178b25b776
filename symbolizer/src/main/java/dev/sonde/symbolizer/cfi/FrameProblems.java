package dev.sonde.symbolizer.cfi;

import java.util.ArrayList;
import java.util.List;

/** What went wrong in a file, counted by reason, with one address each to look at. */
public final class FrameProblems {

    private final long[] counts = new long[FrameProblem.values().length];
    private final long[] firstPcs = new long[FrameProblem.values().length];

    /**
     * One reason.
     *
     * @param problem the reason
     * @param count how often; functions, or rows for what is inexpressible
     * @param firstPc the first ELF virtual address that it happened at, 0 where there is none
     */
    public record Entry(FrameProblem problem, long count, long firstPc) {}

    /** Counts one more. */
    public void add(FrameProblem problem, long pc) {
        if (counts[problem.code()]++ == 0) {
            firstPcs[problem.code()] = pc;
        }
    }

    /** Sets a count, as it was stored. */
    public void set(FrameProblem problem, long count, long firstPc) {
        counts[problem.code()] = count;
        firstPcs[problem.code()] = firstPc;
    }

    /** How often it happened. */
    public long count(FrameProblem problem) {
        return counts[problem.code()];
    }

    /** The reasons that happened, in the order of the enum. */
    public List<Entry> entries() {
        List<Entry> entries = new ArrayList<>();
        for (FrameProblem problem : FrameProblem.values()) {
            if (counts[problem.code()] > 0) {
                entries.add(new Entry(problem, counts[problem.code()], firstPcs[problem.code()]));
            }
        }
        return entries;
    }

    /** Forgets everything. */
    public void clear() {
        for (FrameProblem problem : FrameProblem.values()) {
            set(problem, 0, 0);
        }
    }
}
