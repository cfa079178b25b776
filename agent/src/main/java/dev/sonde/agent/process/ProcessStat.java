package dev.sonde.agent.process;

import dev.sonde.agent.label.LabelText;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * What is used of {@code /proc/PID/stat} (proc_pid_stat(5)).
 *
 * @param comm the process's name, control characters replaced
 * @param state one letter; Z is a zombie, X dead
 * @param kernelThread whether the flags have PF_KTHREAD (include/linux/sched.h)
 * @param startTimeTicks field 22: when the process started, clock ticks after boot
 */
record ProcessStat(String comm, char state, boolean kernelThread, long startTimeTicks) {

    /** The line has 52 numbers of at most 20 digits. */
    static final int MAX_BYTES = 4096;

    private static final long PF_KTHREAD = 0x0020_0000;
    private static final int FLAGS_FIELD = 9;
    private static final int START_TIME_FIELD = 22;

    /** Whether the process has ended, only its exit status is left. */
    boolean ended() {
        return state == 'Z' || state == 'X';
    }

    /** The same of a process whose first thread has ended while others run. */
    ProcessStat running() {
        return new ProcessStat(comm, 'R', kernelThread, startTimeTicks);
    }

    /** Reads the line; empty when it is none. The name may hold spaces and parentheses: the last parenthesis ends it. */
    static Optional<ProcessStat> parse(byte[] line) {
        String text = new String(line, StandardCharsets.UTF_8);
        int open = text.indexOf('(');
        int close = text.lastIndexOf(')');
        if (open < 0 || close < open) {
            return Optional.empty();
        }
        String[] fields = text.substring(close + 1).strip().split(" ", START_TIME_FIELD);
        // The first of them, the state, is field 3.
        if (fields.length < START_TIME_FIELD - 2 || fields[0].length() != 1) {
            return Optional.empty();
        }
        try {
            long flags = Long.parseUnsignedLong(fields[FLAGS_FIELD - 3]);
            long start = Long.parseUnsignedLong(fields[START_TIME_FIELD - 3]);
            String comm = LabelText.printable(text.substring(open + 1, close));
            return Optional.of(new ProcessStat(comm, fields[0].charAt(0), (flags & PF_KTHREAD) != 0, start));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    /**
     * The name that a kernel thread's samples go under: {@code kworker/1:2-events} is {@code kworker}, else every CPU
     * and work item would make a series.
     */
    String seriesComm() {
        if (!kernelThread) {
            return comm;
        }
        int end = 0;
        while (end < comm.length() && comm.charAt(end) != '/' && comm.charAt(end) != ':') {
            end++;
        }
        return end == 0 ? comm : comm.substring(0, end);
    }
}
