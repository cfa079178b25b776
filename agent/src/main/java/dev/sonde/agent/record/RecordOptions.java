package dev.sonde.agent.record;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What to record.
 *
 * @param duration how long; without it until the process ends
 * @param pid a running process, with its children
 * @param command a program to start and its arguments, with its children; empty for none
 * @param hertz samples a second and CPU
 * @param output where to
 * @param progress whether to tell on stderr how it goes
 */
public record RecordOptions(
        Optional<Duration> duration,
        OptionalLong pid,
        List<String> command,
        int hertz,
        OutputFile output,
        boolean progress) {
    public RecordOptions {
        command = List.copyOf(command);
        if (pid.isPresent() && !command.isEmpty()) {
            throw new IllegalArgumentException("-p " + pid.getAsLong() + " and a command (expected: one of them)");
        }
    }

    /** Whether only some processes are recorded. */
    public boolean targetsOnly() {
        return pid.isPresent() || !command.isEmpty();
    }
}
