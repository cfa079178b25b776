package dev.sonde.agent.record;

import dev.sonde.agent.count.Counts;
import dev.sonde.agent.kernel.SamplerException;
import dev.sonde.agent.kernel.StackOutcome;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Tells on a stream what a recording does: in full lines, and on a terminal one line that is written over. */
public final class Console {

    private static final long FIRST_PROGRESS_NANOS = 2_000_000_000L;
    private static final long PROGRESS_NANOS = 500_000_000L;
    private static final String CLEAR_LINE = "\r\u001b[K";

    private final PrintStream out;
    private long lastProgressNanos;
    private boolean cpuNotSampledTold;

    /** Tells on {@code out}. */
    public Console(PrintStream out) {
        this.out = out;
    }

    /** Whether this process's standard error is a terminal, as isatty(3) would say; Java has no such call. */
    public static boolean stderrIsTerminal() {
        try {
            String target = Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException e) {
            return false;
        }
    }

    void progress(long elapsedNanos, Counts<StackOutcome> outcomes) {
        if (elapsedNanos < FIRST_PROGRESS_NANOS || elapsedNanos - lastProgressNanos < PROGRESS_NANOS) {
            return;
        }
        lastProgressNanos = elapsedNanos;
        long[] samples = new long[1];
        outcomes.forEach((outcome, count) -> samples[0] += count);
        out.print(CLEAR_LINE
                + String.format(
                        Locale.ROOT, "recording: %.0f s, %d samples (Ctrl-C ends it)", elapsedNanos / 1e9, samples[0]));
        out.flush();
    }

    /** A CPU that came online cannot be sampled; the others are. Told once, though it is tried again each second. */
    void cpuNotSampled(SamplerException why) {
        if (!cpuNotSampledTold) {
            cpuNotSampledTold = true;
            out.println("sonde: a CPU that came online is not sampled: " + why.getMessage());
        }
    }

    /** The recording is over: what became of the program that was started for it. */
    void ended(Target target) {
        if (lastProgressNanos > 0) {
            out.print(CLEAR_LINE);
        }
        if (target.terminate()) {
            out.println("sonde: the recording ended before the command, which was sent SIGTERM");
        } else {
            target.exitCode().ifPresent(code -> out.println("sonde: the command exited with " + code));
        }
    }

    void summary(Summary summary, RecordOptions options) {
        out.println("sonde: " + summary.text(options.hertz()));
        out.println("sonde: wrote " + options.output().path());
    }
}
