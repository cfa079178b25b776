package dev.sonde.bench.unwind;

import dev.sonde.agent.kernel.StackOutcome;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * How the user stacks of a program ended.
 *
 * @param stacks how many
 * @param percentComplete those that reached their root
 * @param reasons of the others, with their numbers
 */
record MixRun(long stacks, double percentComplete, String reasons) {

    private static final int HERTZ = 499;

    /** A program that starts by building a database takes some seconds. */
    private static final Duration LONGEST_START = Duration.ofSeconds(20);

    private static final Duration SETTLE = Duration.ofMillis(700);

    /** Of {@link #SETTLE}, on a machine that is busy with other things. */
    private static final int MAX_MORE = 30;

    /** Programs come to new files later too: a database is made, then served, then asked. */
    private static final int ATTEMPTS = 3;

    private static final Duration GRACE = Duration.ofSeconds(5);

    /** What the programs are sampled with, one after the other. */
    static Sampling sampling() throws IOException {
        Sampling sampling = Sampling.start(HERTZ);
        try {
            sampling.children();
        } catch (IOException e) {
            sampling.close();
            throw e;
        }
        return sampling;
    }

    /** Samples for so long, once the program's tables are there, and then until there are so many stacks. */
    static MixRun of(Sampling sampling, MixProgram program, Path scratch, Duration duration, int minStacks)
            throws IOException, InterruptedException {
        Process process = start(program.prepare(scratch), scratch);
        try {
            for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
                settle(sampling, process);
                sampling.reset();
                sampling.take(process, duration);
                for (int i = 0; i < MAX_MORE && sampling.stacks() < minStacks; i++) {
                    sampling.take(process, SETTLE);
                }
                if (sampling.count(StackOutcome.TABLE_PENDING) == 0) {
                    break;
                }
            }
        } finally {
            end(process);
        }
        return new MixRun(sampling.stacks(), sampling.percentComplete(), sampling.reasons());
    }

    /** Until a while went without a file that has no table yet. */
    private static void settle(Sampling sampling, Process process) throws InterruptedException {
        long end = System.nanoTime() + LONGEST_START.toNanos();
        do {
            sampling.reset();
            sampling.take(process, SETTLE);
        } while (System.nanoTime() < end
                && (sampling.stacks() == 0 || sampling.count(StackOutcome.TABLE_PENDING) > 0)
                && process.isAlive());
    }

    static Process start(List<String> command, Path scratch) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().put("TMPDIR", scratch.toString());
        return builder.start();
    }

    /** Ends it and what it started; a script may clean up before. */
    static void end(Process process) throws InterruptedException {
        List<ProcessHandle> descendants = process.descendants().toList();
        process.destroy();
        if (!process.waitFor(GRACE.toMillis(), TimeUnit.MILLISECONDS)) {
            process.destroyForcibly().waitFor();
        }
        descendants.forEach(ProcessHandle::destroyForcibly);
    }
}
