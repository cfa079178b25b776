package dev.sonde.bench.ingest;

import dev.sonde.model.ValueType;
import dev.sonde.pprof.PprofWriter;
import dev.sonde.pprof.Profile;
import dev.sonde.pprof.ProfileBuilder;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Made-up profiles of the shape that the peers were measured with: 200 series, a profile each 10 s, about 50 stacks of
 * mean depth 35 out of 60,000 (300 a series, the first ones much more often than the last), every frame named.
 */
final class ProfileSource {

    static final int SERIES = 200;
    static final int SAMPLES = 50;
    private static final int STACKS_PER_SERIES = 300;
    private static final int MEAN_DEPTH = 35;
    private static final int FUNCTIONS = 6000;
    private static final long WINDOW_NANOS = 10_000_000_000L;

    private final int[][][] stacks = new int[SERIES][STACKS_PER_SERIES][];
    private final long firstWindowNanos;

    ProfileSource(long seed, long firstWindowNanos) {
        this.firstWindowNanos = firstWindowNanos;
        SplittableRandom random = new SplittableRandom(seed);
        for (int[][] series : stacks) {
            for (int stack = 0; stack < series.length; stack++) {
                series[stack] = stack(random, stack == 0 ? new int[0] : series[random.nextInt(stack)]);
            }
        }
    }

    /** A stack that leaves the path of another somewhere, as stacks of one program do. Root first. */
    private static int[] stack(SplittableRandom random, int[] other) {
        int depth = MEAN_DEPTH - 10 + random.nextInt(21);
        int shared = other.length == 0 ? 0 : random.nextInt(Math.min(other.length, depth));
        int[] functions = new int[depth];
        for (int i = 0; i < depth; i++) {
            functions[i] = i < shared ? other[i] : random.nextInt(FUNCTIONS);
        }
        return functions;
    }

    /** The profile of a series in a window, gzipped. */
    byte[] profile(int series, int window) {
        SplittableRandom random = new SplittableRandom(31L * window + series);
        ProfileBuilder builder =
                new ProfileBuilder(List.of(new ValueType("samples", "count"), new ValueType("cpu", "nanoseconds")));
        int mapping = builder.mapping(0x1000, 0x1000000, 0, "/usr/bin/service-" + series, "", true);
        for (int sample = 0; sample < SAMPLES; sample++) {
            // The square makes few stacks frequent and many rare.
            double skewed = random.nextDouble() * random.nextDouble();
            int[] functions = stacks[series][(int) (skewed * STACKS_PER_SERIES)];
            for (int i = functions.length - 1; i >= 0; i--) {
                int function = builder.function("package.Service.function" + functions[i], "", "Service.java", 0);
                builder.frame(builder.location(
                        mapping, functions[i] * 16L, List.of(new ProfileBuilder.Line(function, functions[i] % 900))));
            }
            builder.endSample(1, 52_631_578);
        }
        Profile profile = builder.build(
                1,
                new ValueType("cpu", "nanoseconds"),
                52_631_578,
                firstWindowNanos + window * WINDOW_NANOS,
                WINDOW_NANOS);
        return PprofWriter.write(profile);
    }
}
