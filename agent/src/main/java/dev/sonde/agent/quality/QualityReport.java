package dev.sonde.agent.quality;

import dev.sonde.agent.jvm.JvmReport;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * How good stacks were.
 *
 * @param samples stacks with a user side
 * @param complete those that reached their root
 * @param processesLeftOut processes that were counted and had to make room
 * @param filesLeftOut the same of files
 * @param processes the most sampled first
 * @param files the most sampled first
 * @param jvms the Java virtual machines that run, by pid
 */
public record QualityReport(
        long samples,
        long complete,
        long processesLeftOut,
        long filesLeftOut,
        List<Line> processes,
        List<Line> files,
        List<JvmLine> jvms) {

    /**
     * A Java virtual machine.
     *
     * @param pid its process
     * @param kind whose it is, in a word
     * @param version what it calls its version; empty while that is not known
     * @param state how far it is known, in a word
     * @param problem why it is not known; empty when it is
     * @param samples stacks of its process
     * @param complete those that reached their root
     */
    public record JvmLine(
            int pid, String kind, String version, String state, String problem, long samples, long complete) {}

    /** This with Java virtual machines, each with what is counted of its process. */
    public QualityReport withJvms(List<JvmReport> reports) {
        List<JvmLine> lines = new ArrayList<>();
        for (JvmReport each : reports) {
            Line process = processes.stream()
                    .filter(line -> line.pid() == each.pid())
                    .findFirst()
                    .orElse(NOTHING);
            lines.add(new JvmLine(
                    each.pid(),
                    each.kind(),
                    each.version(),
                    each.state(),
                    each.problem(),
                    process.samples(),
                    process.complete()));
        }
        lines.sort(Comparator.comparingInt(JvmLine::pid));
        return new QualityReport(samples, complete, processesLeftOut, filesLeftOut, processes, files, lines);
    }

    private static final Line NOTHING = new Line(0, "", "", 0, 0, List.of());

    /**
     * A process, or a file that stacks passed through.
     *
     * @param pid 0 of a file
     * @param name the process's, or the file's path as its process sees it
     * @param program the path of the process's program; empty of a file
     * @param samples its stacks
     * @param complete those that reached their root
     * @param reasons why stacks ended early, in this process or in this file; the most frequent first
     */
    public record Line(int pid, String name, String program, long samples, long complete, List<Reason> reasons) {}

    /**
     * Why stacks ended early.
     *
     * @param reason the word of {@link dev.sonde.agent.kernel.StackOutcome#reason}
     * @param count how many
     * @param file where the last one did
     * @param offset the place in the file; an address where it is no file
     */
    public record Reason(String reason, long count, String file, long offset) {}
}
