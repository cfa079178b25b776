package dev.sonde.bench.fuzz;

import dev.sonde.agent.jvm.layout.VmLayout;
import dev.sonde.bench.harness.BenchContext;
import dev.sonde.bench.harness.Benchmark;
import dev.sonde.bench.harness.Figure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Hostile input for as long as there is time: an eighth for the unwinder, the rest for the readers of files and of JVMs. */
public final class FuzzBenchmark implements Benchmark {

    private static final int UNWINDER_SHARE = 8;
    private static final int TARGETS = 5;
    private static final int GO_PIECES = 200;
    private static final int JVM_PIECES = 300;
    private static final int JVM_METHODS = 60;
    private static final int JVM_SEEDS = 16;

    private final List<Figure> table = new ArrayList<>();

    /** The readers have more than seventeen minutes of these. */
    @Override
    public Duration usualDuration() {
        return Duration.ofMinutes(20);
    }

    @Override
    public List<Figure> run(BenchContext context) throws IOException, InterruptedException {
        long unwinderSeconds = Math.max(1, context.duration().toSeconds() / UNWINDER_SHARE);
        long readerSeconds = Math.max(1, (context.duration().toSeconds() - unwinderSeconds) / TARGETS);
        table.clear();
        unwinder(context, unwinderSeconds);
        FuzzSeeds seeds = new FuzzSeeds(context.scratch());
        Path library = seeds.library();
        reader("ELF file", ElfTarget.class, library, List.of(Files.readAllBytes(library)), context, readerSeconds);
        Path exceptions = seeds.exceptions();
        Template frames = Template.of(exceptions, FramesTarget.SECTION);
        byte[] section = new byte[frames.size()];
        System.arraycopy(frames.copy(), frames.at(), section, 0, section.length);
        reader(".eh_frame", FramesTarget.class, exceptions, List.of(section), context, readerSeconds);
        Path go = seeds.go();
        byte[] pieces = GoTarget.seed(Template.of(go, GoTarget.SECTION), GO_PIECES);
        reader(".gopclntab", GoTarget.class, go, List.of(pieces), context, readerSeconds);
        jvm(context, readerSeconds);
        return List.copyOf(table);
    }

    private void jvm(BenchContext context, long seconds) throws IOException, InterruptedException {
        Path file = context.scratch().resolve("jvm-recording");
        JvmRecording.record(context.scratch(), JVM_METHODS).write(file);
        JvmRecording recording = JvmRecording.read(file);
        reader(
                "VMStructs, code heaps",
                JvmLayoutTarget.class,
                file,
                List.of(JvmLayoutTarget.seed(recording, JVM_PIECES)),
                context,
                seconds);
        VmLayout layout = JvmNamesTarget.layout(recording);
        List<byte[]> seeds = new ArrayList<>();
        for (int i = 0; i < Math.min(JVM_SEEDS, recording.frames().size()); i++) {
            seeds.add(JvmNamesTarget.seed(recording, layout, i));
        }
        reader("ScopeDescs, methods, line tables", JvmNamesTarget.class, file, seeds, context, seconds);
    }

    private void unwinder(BenchContext context, long seconds) throws IOException, InterruptedException {
        try {
            UnwinderFuzz fuzz = new UnwinderFuzz(context.root().toAbsolutePath(), context.scratch());
            UnwinderFuzz.Result result = fuzz.run(System.nanoTime(), Long.MAX_VALUE, seconds);
            if (!result.fault().isEmpty()) {
                context.log().println("unwinder: " + result.fault());
            }
            table.add(Figure.of("unwinder: stacks", result.rounds(), "stacks", ""));
            table.add(Figure.of("unwinder: faults", result.fault().isEmpty() ? 0 : 1, "", "goal 0"));
        } catch (UnwinderFuzz.NoSanitizerException e) {
            context.log().println("SKIPPED: unwinder: " + e.getMessage());
        }
    }

    private void reader(
            String name, Class<?> target, Path template, List<byte[]> seeds, BenchContext context, long seconds)
            throws IOException, InterruptedException {
        Path folder = Files.createDirectories(context.scratch().resolve(target.getSimpleName()));
        JazzerRun.Result result = JazzerRun.run(target, template, seeds, folder, seconds, context.log());
        table.add(Figure.of(name + ": inputs", result.inputs(), "inputs", ""));
        table.add(Figure.of(name + ": edges covered", result.coverage(), "edges", ""));
        table.add(Figure.of(name + ": faults", result.fault().isEmpty() ? 0 : 1, "", "goal 0"));
    }
}
