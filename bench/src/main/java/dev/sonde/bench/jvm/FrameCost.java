package dev.sonde.bench.jvm;

import dev.sonde.bench.harness.BpfStatistics;
import dev.sonde.bench.harness.Figure;
import dev.sonde.bench.unwind.Sampling;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What a stack of 40 frames costs in the kernel. */
final class FrameCost {

    private static final int HERTZ = 499;
    private static final int FRAMES = 40;

    /** How many of them are tried first, to see how many the thread has beside them. */
    private static final int FIRST_FRAMES = 20;

    private static final int RUNS = 5;

    private static final String QUIET = "-XX:CompileCommand=quiet";

    /** Each method is a frame of its own. */
    private static final String FRAME_EACH = "-XX:CompileCommand=dontinline,load.Frames::*";

    private static final Load MIXED =
            Load.program(17, "Frames", QUIET, FRAME_EACH, "-XX:CompileCommand=exclude,load.Frames::interpreted");

    private static final Load COMPILED = Load.program(17, "Frames", QUIET, FRAME_EACH);

    private static final Duration WARM_UP = Duration.ofSeconds(3);
    private static final Duration SETTLE = Duration.ofMillis(700);
    private static final Duration DURATION = Duration.ofSeconds(2);

    private final LoadRun run;

    FrameCost(LoadRun run) {
        this.run = run;
    }

    List<Figure> figures(Jvm jvm) throws IOException, InterruptedException {
        String name = jvm.version() + " BPF run time, " + FRAMES + " frames, ";
        return List.of(
                figure(name + "compiled and interpreted in turns", jvm, MIXED),
                figure(name + "compiled", jvm, COMPILED));
    }

    private Figure figure(String name, Jvm jvm, Load load) throws IOException, InterruptedException {
        try (BpfStatistics statistics = BpfStatistics.on()) {
            int depth = FRAMES + FIRST_FRAMES - once(load, jvm, FIRST_FRAMES).depth;
            double[] micros = new double[RUNS];
            int frames = 0;
            for (int i = 0; i < RUNS; i++) {
                Cost cost = once(load, jvm, depth);
                micros[i] = cost.micros;
                frames = cost.depth;
            }
            Arrays.sort(micros);
            return Figure.of(
                    name,
                    micros[RUNS / 2],
                    1,
                    "us",
                    "goal <= 20, ticks of other processes with it; " + frames + " frames");
        } catch (BpfStatistics.NotAllowedException e) {
            return new Figure(name, "-", "", "skipped: " + e.getMessage());
        }
    }

    /** @param depth of most stacks */
    private record Cost(double micros, int depth) {}

    private Cost once(Load load, Jvm jvm, int frames) throws IOException, InterruptedException {
        Process process = run.start(load.with(Integer.toString(frames)), jvm);
        try (Sampling sampling = Sampling.start(HERTZ)) {
            Thread.sleep(WARM_UP);
            sampling.process(process.pid());
            sampling.take(process, SETTLE);
            sampling.reset();
            Map<Integer, Integer> depths = new HashMap<>();
            sampling.listen(sample -> depths.merge(sample.userDepth(), 1, Integer::sum));
            long before = sampling.runNanos();
            sampling.take(process, DURATION);
            double micros = (sampling.runNanos() - before) / 1e3 / Math.max(1, sampling.samples());
            int depth = depths.entrySet().stream()
                    .max(Map.Entry.comparingByValue())
                    .map(Map.Entry::getKey)
                    .orElse(0);
            return new Cost(micros, depth);
        } finally {
            process.destroyForcibly().waitFor();
        }
    }
}
