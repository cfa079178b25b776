package dev.sonde.agent.kernel.code;

import java.util.List;

/**
 * The code that a process has mapped.
 *
 * @param processStartNanos when it started, CLOCK_BOOTTIME: with its pid it names one process for good
 * @param stackTop the stack pointer with which the program was started (startstack of proc_pid_stat(5))
 * @param areas its executable areas, ascending; {@link FileId#NONE} is the file of those that are none's
 */
public record ProcessCode(long processStartNanos, long stackTop, List<MappedArea> areas) {
    public ProcessCode {
        areas = List.copyOf(areas);
    }

    /** The same process with these areas. */
    public ProcessCode withAreas(List<MappedArea> others) {
        return new ProcessCode(processStartNanos, stackTop, others);
    }
}
