package dev.sonde.bench.fuzz;

import dev.sonde.bench.harness.BenchContext;
import dev.sonde.bench.harness.Benchmark;
import dev.sonde.bench.harness.Figure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Hostile input for as long as there is time: an eighth for the unwinder, the rest for the readers of files. */
public final class FuzzBenchmark implements Benchmark {

    private static final int UNWINDER_SHARE = 8;
    private static final int TARGETS = 3;
    private static final int GO_PIECES = 200;

    private final List<Figure> table = new ArrayList<>();

    /** The readers have more than ten minutes of these. */
    @Override
    public Duration usualDuration() {
        return Duration.ofMinutes(12);
    }

    @Override
    public List<Figure> run(BenchContext context) throws IOException, InterruptedException {
        long unwinderSeconds = Math.max(1, context.duration().toSeconds() / UNWINDER_SHARE);
        long readerSeconds = Math.max(1, (context.duration().toSeconds() - unwinderSeconds) / TARGETS);
        table.clear();
        unwinder(context, unwinderSeconds);
        FuzzSeeds seeds = new FuzzSeeds(context.scratch());
        Path library = seeds.library();
        reader("ELF file", ElfTarget.class, library, Files.readAllBytes(library), context, readerSeconds);
        Path exceptions = seeds.exceptions();
        Template frames = Template.of(exceptions, FramesTarget.SECTION);
        byte[] section = new byte[frames.size()];
        System.arraycopy(frames.copy(), frames.at(), section, 0, section.length);
        reader(".eh_frame", FramesTarget.class, exceptions, section, context, readerSeconds);
        Path go = seeds.go();
        byte[] pieces = GoTarget.seed(Template.of(go, GoTarget.SECTION), GO_PIECES);
        reader(".gopclntab", GoTarget.class, go, pieces, context, readerSeconds);
        return List.copyOf(table);
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

    private void reader(String name, Class<?> target, Path template, byte[] seed, BenchContext context, long seconds)
            throws IOException, InterruptedException {
        Path folder = Files.createDirectories(context.scratch().resolve(target.getSimpleName()));
        JazzerRun.Result result = JazzerRun.run(target, template, seed, folder, seconds, context.log());
        table.add(Figure.of(name + ": inputs", result.inputs(), "inputs", ""));
        table.add(Figure.of(name + ": edges covered", result.coverage(), "edges", ""));
        table.add(Figure.of(name + ": faults", result.fault().isEmpty() ? 0 : 1, "", "goal 0"));
    }
}
