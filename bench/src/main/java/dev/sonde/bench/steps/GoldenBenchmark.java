package dev.sonde.bench.steps;

import dev.sonde.bench.harness.BenchContext;
import dev.sonde.bench.harness.Benchmark;
import dev.sonde.bench.harness.Figure;
import dev.sonde.bench.snapshot.SnapshotFormat;
import dev.sonde.bench.snapshot.StackSnapshot;
import dev.sonde.bench.steps.StackRecorder.Wanted;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;

/** Records the snapshots that a test replays anew, into the sources: after the format has changed, or on a new system. */
public final class GoldenBenchmark implements Benchmark {

    private static final String FOLDER = "bench/src/main/resources/dev/sonde/bench/snapshot";

    private static final StepPlan FROM_ENTRY = new StepPlan(true, 0, 50_000, 0, 50_000, 0);
    private static final StepPlan WITH_SIGNALS = new StepPlan(true, 0, 50_000, 0, 50_000, 997);
    private static final StepPlan SPREAD = new StepPlan(true, 100_000, 100, 3_000, 10_000, 0);

    private record Recording(SteppedProgram program, StepPlan plan, Wanted wanted) {}

    @Override
    public List<Figure> run(BenchContext context) throws IOException, InterruptedException {
        SteppedPrograms programs = new SteppedPrograms(context.scratch());
        Tracer tracer = programs.tracer();
        List<Figure> table = new ArrayList<>();
        for (Map.Entry<String, Recording> entry : recordings(programs).entrySet()) {
            Recording recording = entry.getValue();
            StackRecorder recorder = new StackRecorder(recording.wanted());
            tracer.run(recording.program(), recording.plan(), recorder);
            StackSnapshot found = recorder.found()
                    .orElseThrow(() -> new IOException(
                            entry.getKey() + ": no such stack (expected: one in " + recording.plan() + ")"));
            Path file = file(context, entry.getKey());
            try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
                out.write(SnapshotFormat.write(found));
            }
            table.add(Figure.of(
                    entry.getKey() + ": " + found.addresses().length + " frames", Files.size(file), "bytes", ""));
        }
        return table;
    }

    /** Where a snapshot is kept among the sources. */
    public static Path file(BenchContext context, String name) {
        return context.root().resolve(FOLDER).resolve(name + ".snapshot.gz");
    }

    private static Map<String, Recording> recordings(SteppedPrograms programs)
            throws IOException, InterruptedException {
        Map<String, Recording> wanted = new LinkedHashMap<>();
        wanted.put("lazy-binding", new Recording(programs.cppLibrary(), FROM_ENTRY, new Wanted("ld-", "stdc++", 9, 1)));
        wanted.put("callback", new Recording(programs.libc(), FROM_ENTRY, new Wanted("/libc", "libc.so", 7, 1)));
        wanted.put("library", new Recording(programs.cppLibrary(), SPREAD, new Wanted("libc.so", "stdc++", 6, 1)));
        wanted.put("exception", new Recording(programs.exceptions(), SPREAD, new Wanted("libgcc", "stdc++", 8, 1)));
        wanted.put("signal", new Recording(programs.signals(), WITH_SIGNALS, new Wanted("libc.so", "signals", 9, 1)));
        wanted.put(
                "signal-stack",
                new Recording(programs.signals(), WITH_SIGNALS, new Wanted("libc.so", "signals", 8, 2)));
        wanted.put("python", new Recording(programs.python(), SPREAD, new Wanted("python", "python", 14, 1)));
        wanted.put("static-pie", new Recording(programs.staticPie(), FROM_ENTRY, new Wanted("static", "static", 7, 1)));
        return wanted;
    }
}
