package dev.sonde.agent.quality;

import dev.sonde.agent.kernel.StackOutcome;
import java.util.ArrayList;
import java.util.List;

/** What is counted of one process or one file. */
final class Tally {

    /** By the numbers of the constants; the examples are the last ones. */
    private static final StackOutcome[] OUTCOMES = StackOutcome.values();

    private String name;
    private String program;
    private long samples;
    private long complete;
    private long lastNanos;
    private long lastStack;
    private long[] counts;
    private String[] exampleFiles;
    private long[] exampleOffsets;

    Tally(String name, String program) {
        this.name = name;
        this.program = program;
    }

    void rename(String newName, String newProgram) {
        name = newName;
        program = newProgram;
    }

    /** Counts a stack, once however often it is told of. */
    void count(long stack, boolean isComplete, long now) {
        if (stack != lastStack) {
            lastStack = stack;
            samples++;
            complete += isComplete ? 1 : 0;
            lastNanos = now;
        }
    }

    /** A stack ended early, here. Most never do: only then there is room for it. */
    @SuppressWarnings("EnumOrdinal") // An index into arrays that live no longer than this process.
    void ended(StackOutcome outcome, String file, long offset) {
        if (counts == null) {
            counts = new long[OUTCOMES.length];
            exampleFiles = new String[OUTCOMES.length];
            exampleOffsets = new long[OUTCOMES.length];
        }
        counts[outcome.ordinal()]++;
        exampleFiles[outcome.ordinal()] = file;
        exampleOffsets[outcome.ordinal()] = offset;
    }

    long samples() {
        return samples;
    }

    long lastNanos() {
        return lastNanos;
    }

    QualityReport.Line line(int pid) {
        List<QualityReport.Reason> reasons = new ArrayList<>();
        for (int i = 0; counts != null && i < counts.length; i++) {
            if (counts[i] > 0) {
                reasons.add(
                        new QualityReport.Reason(OUTCOMES[i].reason(), counts[i], exampleFiles[i], exampleOffsets[i]));
            }
        }
        reasons.sort((a, b) -> Long.compare(b.count(), a.count()));
        return new QualityReport.Line(pid, name, program, samples, complete, reasons);
    }
}
