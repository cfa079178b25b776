package dev.sonde.bench.jvm;

import dev.sonde.bench.harness.Figure;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The same run of a program seen by async-profiler from inside and by Sonde from outside. */
final class AsyncComparison {

    private static final Duration WARM_UP = Duration.ofSeconds(15);

    /** Not the same as Sonde's period: two clocks of one period would see each other. */
    private static final long INTERVAL_MICROS = 1_013;

    private static final int DIFFERENCES = 8;

    private static final int SAMPLES = 20_000;

    /** On a machine that does other things too, one does not bring as many. */
    private static final int MAX_RECORDINGS = 4;

    private final LoadRun run;
    private final AsyncProfiler profiler;
    private final PrintStream log;

    AsyncComparison(LoadRun run, AsyncProfiler profiler, PrintStream log) {
        this.run = run;
        this.profiler = profiler;
        this.log = log;
    }

    /**
     * @param loadedBefore whether async-profiler is there before methods are compiled, so that the JVM has debug
     *     information between safepoints
     */
    List<Figure> compare(Load load, Jvm jvm, boolean loadedBefore, Duration duration)
            throws IOException, InterruptedException {
        Process process = run.start(load, jvm);
        try {
            // A JVM takes an attachment once it runs.
            Thread.sleep(1_000);
            if (loadedBefore) {
                profiler.load(process.pid());
            }
            Thread.sleep(WARM_UP);
            JavaProfile ours = JavaProfile.NONE;
            JavaProfile referee = JavaProfile.NONE;
            for (int i = 0; i < MAX_RECORDINGS && Math.min(ours.samples(), referee.samples()) < SAMPLES; i++) {
                profiler.start(process.pid(), INTERVAL_MICROS);
                ours = ours.and(JavaProfile.of(run.record(process, LoadRun.COMPARING_HERTZ, duration)));
                referee = referee.and(profiler.stop(process.pid()));
            }
            return figures(name(load, jvm, loadedBefore), referee, ours);
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    /** What it is called among all figures. */
    static String name(Load load, Jvm jvm, boolean loadedBefore) {
        return jvm.version() + " " + load.name() + ", async-profiler loaded " + (loadedBefore ? "before" : "after")
                + " warm-up";
    }

    private List<Figure> figures(String name, JavaProfile referee, JavaProfile ours) {
        log.println(name + ", first Java frames that differ most, Sonde's and async-profiler's %: "
                + ours.differences(referee, DIFFERENCES));
        double noise = referee.noise(Math.min(ours.samples(), referee.samples()));
        Map.Entry<String, Double> widest = ours.widest(referee);
        Map.Entry<String, Double> unexplained = ours.widestUnexplained(referee);
        return List.of(
                Figure.of(
                        name + ": first Java frames' distance",
                        100 * ours.distance(referee),
                        2,
                        "points",
                        String.format(
                                Locale.ROOT,
                                "goal <= %.2f: noise %.2f and 2; %d samples, %d of async-profiler (20,000)",
                                100 * noise + 2,
                                100 * noise,
                                ours.samples(),
                                referee.samples())),
                Figure.of(
                        name + ": widest inclusive difference",
                        widest.getValue(),
                        2,
                        "points",
                        String.format(
                                Locale.ROOT,
                                "goal <= 2; %s; %.1f %% of async-profiler's stacks end before their root, %.1f %% of Sonde's;"
                                        + " not explained by that: %.2f, %s",
                                widest.getKey(),
                                referee.brokenPercent(),
                                ours.brokenPercent(),
                                unexplained.getValue(),
                                unexplained.getKey())),
                Figure.of(
                        name + ": widest error of the known shares",
                        ours.shareError(),
                        2,
                        "points",
                        String.format(Locale.ROOT, "goal <= 2; async-profiler's %.2f", referee.shareError())));
    }
}
