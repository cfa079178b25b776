package dev.sonde.symbolizer.cfi;

import java.io.IOException;

/** Turns the functions of a file into a table's rows: numbers their rules, and marks what lies between them. */
final class RowWriter {

    /** Where compilers align functions; what is shorter than it and ends on it is padding, not a function. */
    private static final int FUNCTION_ALIGNMENT = 16;

    private final TableBuilder table;
    private final UnwindRules rules;
    private final FrameProblems problems;
    private final FrameState row = new FrameState();
    private long coveredTo;
    private boolean signalFrame;

    RowWriter(TableBuilder table, UnwindRules rules, FrameProblems problems, long codeStart) {
        this.table = table;
        this.rules = rules;
        this.problems = problems;
        this.coveredTo = codeStart;
    }

    /** A function starts, at or after the end of the last one. */
    void begin(long pc, boolean signal) throws IOException {
        signalFrame = signal;
        if (!isPadding(coveredTo, pc)) {
            table.row(coveredTo, UnwindRules.UNCOVERED);
        }
    }

    /**
     * Whether nothing is run between two functions: rows that say so would be a fifth of all. A function without frame
     * information would start aligned.
     */
    private static boolean isPadding(long from, long to) {
        return to - from < FUNCTION_ALIGNMENT
                && (to & (FUNCTION_ALIGNMENT - 1)) == 0
                && (from & (FUNCTION_ALIGNMENT - 1)) != 0;
    }

    void row(long pc, FrameState state) throws IOException {
        row.copyFrom(state);
        FrameProblem problem = row.settle();
        if (problem != null) {
            problems.add(problem, pc);
            table.row(pc, UnwindRules.UNSUPPORTED);
            return;
        }
        if (!row.rbpIsExpressible()) {
            problems.add(FrameProblem.INEXPRESSIBLE_FRAME_POINTER, pc);
        }
        rule(pc, row.low(signalFrame), row.high());
    }

    void rule(long pc, long low, long high) throws IOException {
        int number = rules.intern(low, high);
        if (number < 0) {
            problems.add(FrameProblem.TOO_MANY_RULES, pc);
            number = UnwindRules.UNSUPPORTED;
        }
        table.row(pc, number);
    }

    void broken(long pc) throws IOException {
        table.row(pc, UnwindRules.BROKEN);
    }

    /** The function ends before this address. */
    void end(long pc) {
        coveredTo = pc;
    }

    /** No function follows. */
    void close() throws IOException {
        table.row(coveredTo, UnwindRules.UNCOVERED);
    }
}
