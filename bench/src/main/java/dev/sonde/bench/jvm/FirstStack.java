package dev.sonde.bench.jvm;

import dev.sonde.bench.harness.Figure;
import dev.sonde.pprof.Profile;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;

/** How long after a JVM's first sample the first stack comes whose Java frames have names. */
final class FirstStack {

    private static final Duration RECORDED = Duration.ofSeconds(4);

    private static final int RUNS = 3;

    private final LoadRun run;

    FirstStack(LoadRun run) {
        this.run = run;
    }

    Figure figure(Jvm jvm, Load load) throws IOException, InterruptedException {
        double[] millis = new double[RUNS];
        for (int i = 0; i < RUNS; i++) {
            millis[i] = millis(run.recordStarting(load, jvm, RECORDED));
        }
        Arrays.sort(millis);
        return Figure.of(
                jvm.version() + " first named Java stack after the JVM's first sample, the longest of " + RUNS,
                millis[RUNS - 1],
                0,
                "ms",
                "goal <= 2,000; the others " + Arrays.toString(Arrays.copyOf(millis, RUNS - 1)));
    }

    private static double millis(Profile profile) {
        Profile.Samples samples = profile.samples();
        long first = Long.MAX_VALUE;
        long named = Long.MAX_VALUE;
        for (int i = 0; i < samples.count(); i++) {
            long at = at(samples, i);
            first = Math.min(first, at);
            named = isNamed(profile, i) ? Math.min(named, at) : named;
        }
        return named == Long.MAX_VALUE ? Double.POSITIVE_INFINITY : named - first;
    }

    private static long at(Profile.Samples samples, int sample) {
        for (int i = samples.labelStart()[sample]; i < samples.labelStart()[sample + 1]; i++) {
            if (samples.labelKey()[i].equals("at")) {
                return samples.labelNumber()[i];
            }
        }
        throw new IllegalStateException("a sample without time (expected: the label at)");
    }

    /** Of all Java frames none without a name. */
    private static boolean isNamed(Profile profile, int sample) {
        Profile.Samples samples = profile.samples();
        Profile.Locations locations = profile.locations();
        int named = 0;
        for (int at = samples.stackStart()[sample]; at < samples.stackStart()[sample + 1]; at++) {
            int location = samples.location()[at];
            int mapping = locations.mapping()[location];
            String kind = mapping == Profile.NONE ? "" : profile.mappings().file()[mapping];
            if (kind.startsWith("[jvm ") && !kind.equals("[jvm stub]")) {
                int line = locations.lineStart()[location];
                if (profile.functions().name()[locations.lineFunction()[line]].startsWith("[")) {
                    return false;
                }
                named++;
            }
        }
        return named > 0;
    }
}
