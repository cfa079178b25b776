package dev.sonde.bench.jvmsteps;

import dev.sonde.agent.kernel.code.FrameWord;
import dev.sonde.agent.unwind.host.HostUnwinder;
import dev.sonde.bench.harness.BenchContext;
import dev.sonde.bench.harness.Benchmark;
import dev.sonde.bench.harness.Figure;
import dev.sonde.bench.jvm.Jvm;
import dev.sonde.bench.snapshot.SnapshotFormat;
import dev.sonde.bench.snapshot.StackSnapshot;
import dev.sonde.bench.steps.GoldenBenchmark;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.zip.GZIPOutputStream;

/** Records the snapshots of native programs anew, then those of a JVM's threads. */
public final class JvmGoldenBenchmark implements Benchmark {

    private static final int ATTEMPTS = 500;

    private static final long PAUSE_MILLIS = 7;

    /** Frames of a recursion 600 deep are all alike. */
    private static final int MAX_FRAMES = 200;

    private final Random random = new Random(1);
    private final HostUnwinder unwinder = new HostUnwinder();

    @Override
    public List<Figure> run(BenchContext context) throws IOException, InterruptedException {
        List<Figure> table = new ArrayList<>(new GoldenBenchmark().run(context));
        table.addAll(ofJvms(context));
        return table;
    }

    /** One stack of each of {@link StackSnapshot#KEPT_OF_JVMS}. */
    private List<Figure> ofJvms(BenchContext context) throws IOException, InterruptedException {
        List<Figure> table = new ArrayList<>();
        Jvm jvm = Jvm.installed().getFirst();
        try (JvmSteps steps = JvmSteps.prepare(context.scratch())) {
            for (String name : StackSnapshot.KEPT_OF_JVMS) {
                StackSnapshot found;
                try (JvmSteps.Running running = steps.start(jvm, program(name))) {
                    running.awaitWarm();
                    found = find(steps, running.pid(), running.thread(), name);
                }
                Path file = GoldenBenchmark.file(context, name);
                try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
                    out.write(SnapshotFormat.write(found));
                }
                table.add(Figure.of(name + ": " + found.addresses().length + " frames", Files.size(file), "bytes", ""));
            }
        }
        return table;
    }

    private static JvmSteps.Program program(String name) {
        return switch (name) {
            case "java-interpreter" -> new JvmSteps.Program("all", "-Xint");
            case "java-virtual" -> new JvmSteps.Program("frozen");
            default -> new JvmSteps.Program("all", "-XX:-Inline");
        };
    }

    private StackSnapshot find(JvmSteps steps, int pid, String thread, String name)
            throws IOException, InterruptedException {
        Stepper stepper = steps.stepper();
        try (SteppedJvm jvm = new SteppedJvm(pid, new HashMap<>())) {
            for (int i = 0; i < ATTEMPTS; i++) {
                Thread.sleep(PAUSE_MILLIS);
                int tid = JvmBursts.pick(pid, thread, random);
                Optional<StackSnapshot> found = tid == 0 ? Optional.empty() : stopped(stepper, jvm, tid);
                if (found.isPresent() && isWanted(found.get(), jvm, name)) {
                    return found.get();
                }
            }
        }
        throw new IOException(name + ": no such stack (expected: one in " + ATTEMPTS + ")");
    }

    private static Optional<StackSnapshot> stopped(Stepper stepper, SteppedJvm jvm, int tid) throws IOException {
        try {
            if (stepper.attach(jvm.pid(), tid) != Stepper.Status.STOPPED) {
                return Optional.empty();
            }
            jvm.read();
            return new JvmStackRecorder().record(stepper, jvm);
        } finally {
            stepper.detach();
        }
    }

    private boolean isWanted(StackSnapshot snapshot, SteppedJvm jvm, String name) throws IOException {
        long[] words = snapshot.unwind(unwinder).words();
        Map<Integer, Long> kinds = new HashMap<>();
        Arrays.stream(words).forEach(word -> kinds.merge(FrameWord.kind(word), 1L, Long::sum));
        boolean interpreted = kinds.getOrDefault(FrameWord.INTERPRETED, 0L) > 1;
        boolean compiled = kinds.getOrDefault(FrameWord.COMPILED, 0L) > 1;
        boolean frozen = JvmStackRecorder.holds(snapshot, jvm.returnBarrier());
        return snapshot.addresses().length <= MAX_FRAMES
                && switch (name) {
                    case "java-interpreter" -> interpreted;
                    case "java-virtual" -> compiled && frozen;
                    default -> interpreted && compiled;
                };
    }
}
