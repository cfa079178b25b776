package dev.sonde.bench.jvm;

import dev.sonde.bench.harness.Figure;
import dev.sonde.pprof.Profile;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The same run of a program seen by async-profiler from inside and by Sonde from outside. */
final class AsyncComparison {

    private static final Duration WARM_UP = Duration.ofSeconds(15);

    /** Not the same as Sonde's period: two clocks of one period would see each other. */
    private static final long INTERVAL_MICROS = 1_013;

    private final LoadRun run;
    private final AsyncProfiler profiler;

    AsyncComparison(LoadRun run, AsyncProfiler profiler) {
        this.run = run;
        this.profiler = profiler;
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
            profiler.start(process.pid(), INTERVAL_MICROS);
            Profile profile = run.record(process, LoadRun.COMPARING_HERTZ, duration);
            return figures(
                    jvm.version() + " " + load.name() + (loadedBefore ? ", loaded before" : ", loaded after")
                            + " warm-up",
                    profiler.stop(process.pid()),
                    JavaProfile.of(profile));
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    private static List<Figure> figures(String name, JavaProfile referee, JavaProfile ours) {
        double noise = referee.noise(ours.samples());
        double distance = ours.distance(referee);
        Map.Entry<String, Double> widest = ours.widest(referee);
        return List.of(
                Figure.of(
                        name + ": first Java frames' distance",
                        100 * distance,
                        2,
                        "points",
                        String.format(
                                Locale.ROOT,
                                "goal <= %.2f: noise %.2f and 2; %d samples, %d of async-profiler",
                                100 * noise + 2,
                                100 * noise,
                                ours.samples(),
                                referee.samples())),
                Figure.of(
                        name + ": widest inclusive difference",
                        widest.getValue(),
                        2,
                        "points",
                        "goal <= 2; " + widest.getKey()));
    }
}
