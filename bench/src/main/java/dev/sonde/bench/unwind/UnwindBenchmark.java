package dev.sonde.bench.unwind;

import dev.sonde.bench.harness.BenchContext;
import dev.sonde.bench.harness.Benchmark;
import dev.sonde.bench.harness.BpfStatistics;
import dev.sonde.bench.harness.Figure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * How many user stacks of a mix of programs reach their root, what one stack costs in the kernel, and how much is seen
 * of processes that live for 20 ms.
 */
public final class UnwindBenchmark implements Benchmark {

    private static final int HERTZ = 499;

    /** The table of a program that runs for the first time is made after its first sample. */
    private static final Duration SETTLE = Duration.ofMillis(700);

    private static final int MIN_STACKS = 1_000;

    private static final int COST_RUNS = 5;

    private static final Duration COST_DURATION = Duration.ofSeconds(2);

    private static final int SHORT_PROCESSES = 300;

    /** Kernel ticks of /proc/PID/stat (USER_HZ). */
    private static final double TICKS_PER_SECOND = 100;

    private static final int CUTIME_AFTER_COMM = 13;

    @Override
    public List<Figure> run(BenchContext context) throws IOException, InterruptedException {
        List<Figure> figures = new ArrayList<>();
        try (Sampling sampling = MixRun.sampling()) {
            for (MixProgram program : Mix.PROGRAMS) {
                context.log().println(program.name());
                figures.add(
                        program.isPossible()
                                ? complete(context, sampling, program)
                                : new Figure(program.name(), "-", "", "skipped: no " + program.tool()));
            }
        }
        figures.add(cost(context));
        figures.add(shortLived(context, 99, 95));
        figures.add(shortLived(context, 19, 90));
        return figures;
    }

    private static Figure complete(BenchContext context, Sampling sampling, MixProgram program)
            throws IOException, InterruptedException {
        Duration duration = context.duration().dividedBy(Mix.PROGRAMS.size());
        MixRun run = MixRun.of(sampling, program, context.scratch(), duration, MIN_STACKS);
        return Figure.of(
                program.name(),
                run.percentComplete(),
                2,
                "%",
                "of " + run.stacks() + " stacks; goal >= 99; " + run.reasons());
    }

    /** The program with the lowest noise tells what a stack costs: the median of several runs. */
    private static Figure cost(BenchContext context) throws IOException, InterruptedException {
        String name = "BPF run time, 40 frames";
        List<String> command = MixProgram.c("frames40", "-O2", "-fomit-frame-pointer", "-fno-optimize-sibling-calls")
                .prepare(context.scratch());
        double[] micros = new double[COST_RUNS];
        try (BpfStatistics statistics = BpfStatistics.on()) {
            for (int i = 0; i < COST_RUNS; i++) {
                micros[i] = costOnce(context, command);
            }
        } catch (BpfStatistics.NotAllowedException e) {
            return new Figure(name, "-", "", "skipped: " + e.getMessage());
        }
        Arrays.sort(micros);
        return Figure.of(name, micros[COST_RUNS / 2], 1, "us", "goal <= 20, ticks of other processes with it");
    }

    private static double costOnce(BenchContext context, List<String> command)
            throws IOException, InterruptedException {
        try (Sampling sampling = Sampling.start(HERTZ)) {
            Process process = MixRun.start(command, context.scratch());
            try {
                sampling.process(process.pid());
                sampling.take(process, SETTLE);
                sampling.reset();
                long before = sampling.runNanos();
                sampling.take(process, COST_DURATION);
                return (sampling.runNanos() - before) / 1e3 / Math.max(1, sampling.samples());
            } finally {
                MixRun.end(process);
            }
        }
    }

    private static Figure shortLived(BenchContext context, int hertz, int goal)
            throws IOException, InterruptedException {
        List<String> program =
                MixProgram.c("short", "-O2", "-fomit-frame-pointer").prepare(context.scratch());
        try (Sampling sampling = Sampling.start(hertz)) {
            sampling.children();
            double before = childrenSeconds();
            Process shell = MixRun.start(
                    List.of(
                            "sh",
                            "-c",
                            "for i in $(seq " + SHORT_PROCESSES + "); do " + program.getFirst() + "; sleep 0.03; done"),
                    context.scratch());
            sampling.take(shell, Duration.ofMinutes(2));
            MixRun.end(shell);
            sampling.take(shell, Duration.ofMillis(200));
            double possible = (childrenSeconds() - before) * hertz;
            return Figure.of(
                    "samples of 20 ms processes, " + hertz + " Hz",
                    100 * sampling.samples() / possible,
                    1,
                    "%",
                    String.format(
                            Locale.ROOT,
                            "of CPU time x Hz = %.0f; goal >= %d; %.1f %% of stacks complete; %s",
                            possible,
                            goal,
                            sampling.percentComplete(),
                            sampling.reasons()));
        }
    }

    /** CPU time of ended children that were waited for, and theirs (proc_pid_stat(5): cutime, cstime). */
    private static double childrenSeconds() throws IOException {
        String stat = Files.readString(Path.of("/proc/self/stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return (Long.parseLong(fields[CUTIME_AFTER_COMM]) + Long.parseLong(fields[CUTIME_AFTER_COMM + 1]))
                / TICKS_PER_SECOND;
    }
}
