package dev.sonde.bench.jvm;

import dev.sonde.agent.jvm.code.BlobList;
import dev.sonde.agent.jvm.facts.JvmFacts;
import dev.sonde.agent.jvm.layout.VmLayout;
import dev.sonde.agent.jvm.memory.ProcessMemory;
import dev.sonde.agent.jvm.names.JavaFrame;
import dev.sonde.agent.jvm.names.JvmCode;
import dev.sonde.agent.kernel.Sample;
import dev.sonde.agent.kernel.code.FrameWord;
import dev.sonde.agent.kernel.ffi.FfmLibc;
import dev.sonde.bench.harness.Figure;
import dev.sonde.bench.harness.MappedJvm;
import dev.sonde.bench.unwind.Sampling;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;

/** The CPU time that naming the frames of one JVM's samples takes, as the agent does it: in rounds, at 19 Hz. */
final class NamingCost {

    private static final int HERTZ = 19;

    /** The JVM's own compilers, and the caches, come to rest. */
    private static final Duration WARM_UP = Duration.ofSeconds(20);

    private static final int WARM_UP_TURNS = 200;

    /** What samples of so long have in common is read once, as by the agent's polls. */
    private static final long ROUND_NANOS = 100_000_000;

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private final LoadRun run;
    private JvmCode code;
    private long roundNanos = System.nanoTime();
    private long nanos;
    private long frames;
    private long named;

    NamingCost(LoadRun run) {
        this.run = run;
    }

    Figure figure(Jvm jvm, Load load, Duration duration) throws IOException, InterruptedException {
        Process process = run.start(load, jvm);
        try (Sampling sampling = Sampling.start(HERTZ);
                ProcessMemory memory = ProcessMemory.of(new FfmLibc(), (int) process.pid())) {
            Thread.sleep(WARM_UP);
            code = open(memory);
            sampling.process(process.pid());
            sampling.listen(this::nameOften);
            sampling.take(process, WARM_UP);
            sampling.listen(this::name);
            nanos = 0;
            frames = 0;
            named = 0;
            sampling.take(process, duration);
            return Figure.of(
                    jvm.version() + " naming, CPU time a second, " + load.name(),
                    nanos / 1e6 / duration.toSeconds(),
                    3,
                    "ms",
                    String.format(
                            Locale.ROOT,
                            "goal <= 1; 19 Hz, all CPUs busy; %.1f frames a second, %.2f %% named",
                            (double) frames / duration.toSeconds(),
                            100.0 * named / Math.max(1, frames)));
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    /** As the agent does: the JVM's count of unloaded classes tells when names are to be compared. */
    private static JvmCode open(ProcessMemory memory) throws IOException {
        long unloadedClasses = new JvmFacts(Path.of("/proc")).read(memory).unloadedClassesAddress();
        return JvmCode.open(
                VmLayout.read(MappedJvm.of(memory.pid()), memory), memory, unloadedClasses, new AtomicLong());
    }

    /** As if for an hour: this code is to be compiled as an agent's is that has run for long. */
    private void nameOften(Sample sample) {
        for (int i = 0; i < WARM_UP_TURNS; i++) {
            code.beginRound();
            resolve(sample);
        }
    }

    private void name(Sample sample) {
        long before = THREADS.getCurrentThreadCpuTime();
        if (System.nanoTime() - roundNanos >= ROUND_NANOS) {
            code.beginRound();
            roundNanos = System.nanoTime();
        }
        resolve(sample);
        nanos += THREADS.getCurrentThreadCpuTime() - before;
    }

    private void resolve(Sample sample) {
        for (int i = 0; i < sample.userWords(); i += FrameWord.count(sample.userWord(i))) {
            if (FrameWord.count(sample.userWord(i)) == 2) {
                frames++;
                named += code.resolve(sample.userWord(i), sample.userWord(i + 1), i == 0) instanceof JavaFrame.Named
                        ? 1
                        : 0;
            }
        }
    }

    /** How many methods a JVM has compiled. */
    static long nmethods(long pid) throws IOException {
        try (ProcessMemory memory = ProcessMemory.of(new FfmLibc(), (int) pid)) {
            VmLayout layout = VmLayout.read(MappedJvm.of(pid), memory);
            return new BlobList(layout, memory)
                    .read(blob -> blob.kind().isNmethod() && blob.nmethod().method() != 0)
                    .size();
        }
    }
}
