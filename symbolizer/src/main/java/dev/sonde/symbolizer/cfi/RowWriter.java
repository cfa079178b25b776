package dev.sonde.symbolizer.cfi;

import dev.sonde.symbolizer.cfi.code.SignalTrampoline;
import java.io.IOException;

/** Turns the functions of a file into a table's rows: numbers their rules, and marks what lies between them. */
public final class RowWriter {

    /** Where compilers align functions; what is shorter than it and ends on it is padding, not a function. */
    private static final int FUNCTION_ALIGNMENT = 16;

    private final TableBuilder table;
    private final UnwindRules rules;
    private final FrameProblems problems;
    private final long codeStart;
    private long coveredTo;

    /** Writes to a table; what lies between {@code codeStart} and the first function is uncovered. */
    public RowWriter(TableBuilder table, UnwindRules rules, FrameProblems problems, long codeStart) {
        this.table = table;
        this.rules = rules;
        this.problems = problems;
        this.codeStart = codeStart;
        this.coveredTo = codeStart;
    }

    /** A function starts, at or after the end of the last one. */
    public void begin(long pc) throws IOException {
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

    /**
     * A signal trampoline starts. It is looked up at the byte before it: for whoever looks it is where a handler returns
     * to, and a call would lie before that.
     */
    public void trampoline(long pc) throws IOException {
        if (coveredTo < pc) {
            begin(pc);
        }
        rule(Math.max(pc - 1, codeStart), SignalTrampoline.RULE.low(), SignalTrampoline.RULE.high());
    }

    /** From this ELF virtual address on the rule of these two words holds. */
    public void rule(long pc, long low, long high) throws IOException {
        int number = rules.intern(low, high);
        if (number < 0) {
            problems.add(FrameProblem.TOO_MANY_RULES, pc);
            number = UnwindRules.UNSUPPORTED;
        }
        table.row(pc, number);
    }

    /** From this ELF virtual address on there is a rule that cannot be expressed. */
    public void unsupported(long pc) throws IOException {
        table.row(pc, UnwindRules.UNSUPPORTED);
    }

    /** From this ELF virtual address on the function's frame information is broken. */
    public void broken(long pc) throws IOException {
        table.row(pc, UnwindRules.BROKEN);
    }

    /** The function ends before this address. */
    public void end(long pc) {
        coveredTo = pc;
    }

    /** No function follows. */
    public void close() throws IOException {
        table.row(coveredTo, UnwindRules.UNCOVERED);
    }
}
