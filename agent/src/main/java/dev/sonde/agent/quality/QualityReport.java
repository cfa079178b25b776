package dev.sonde.agent.quality;

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
 */
public record QualityReport(
        long samples, long complete, long processesLeftOut, long filesLeftOut, List<Line> processes, List<Line> files) {

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
