package dev.sonde.agent.jvm;

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * What tells one program in one process for good, from {@code /proc/PID/stat} (proc_pid_stat(5)).
 *
 * @param startTicks field 22: when the process started, clock ticks after boot
 * @param stackTop field 28: the stack pointer with which the program was started; another program has another
 */
record StartTime(long startTicks, long stackTop) {

    /** The line has 52 numbers of at most 20 digits. */
    private static final int MAX_BYTES = 4096;

    private static final int FIRST_FIELD = 3;
    private static final int START_TIME_FIELD = 22;
    private static final int START_STACK_FIELD = 28;

    /**
     * Reads it; null when the process is gone.
     *
     * @param pid a thread of the process that has not ended: of one that has, the stack is 0
     */
    static StartTime read(Path proc, int pid) {
        Path file = proc.resolve(Integer.toString(pid)).resolve("stat");
        try (FileInputStream in = new FileInputStream(file.toFile())) {
            return parse(new String(in.readNBytes(MAX_BYTES), StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            return null;
        }
    }

    private static StartTime parse(String line) {
        // The name may hold spaces and parentheses: the last parenthesis ends it.
        String[] fields = line.substring(line.lastIndexOf(')') + 1).strip().split(" ", START_STACK_FIELD);
        if (fields.length <= START_STACK_FIELD - FIRST_FIELD) {
            return null;
        }
        try {
            return new StartTime(
                    Long.parseUnsignedLong(fields[START_TIME_FIELD - FIRST_FIELD]),
                    Long.parseUnsignedLong(fields[START_STACK_FIELD - FIRST_FIELD]));
        } catch (NumberFormatException e) {
            return null;
        }
    }
}
