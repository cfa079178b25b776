package dev.sonde.bench.cli;

import dev.sonde.bench.agent.AgentBenchmark;
import dev.sonde.bench.agent.BirthsBenchmark;
import dev.sonde.bench.agent.TicksBenchmark;
import dev.sonde.bench.fuzz.FuzzBenchmark;
import dev.sonde.bench.harness.BenchContext;
import dev.sonde.bench.harness.Benchmark;
import dev.sonde.bench.harness.Figure;
import dev.sonde.bench.harness.ScratchFolder;
import dev.sonde.bench.ingest.IngestBenchmark;
import dev.sonde.bench.jvm.JvmBenchmark;
import dev.sonde.bench.jvm.JvmCostBenchmark;
import dev.sonde.bench.jvmsteps.AllStepsBenchmark;
import dev.sonde.bench.jvmsteps.JvmGoldenBenchmark;
import dev.sonde.bench.kernel.OldKernelBenchmark;
import dev.sonde.bench.start.StartBenchmark;
import dev.sonde.bench.unwind.UnwindBenchmark;
import dev.sonde.bench.unwind.UnwindTablesBenchmark;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The program behind {@code ./sonde bench}. */
@Command(
        name = "sonde bench",
        description = "Measures one thing and prints it as one table: " + Main.NAMES + ".",
        mixinStandardHelpOptions = true)
public final class Main implements Callable<Integer> {

    static final String NAMES =
            "agent, births, fuzz, golden, ingest, jvm, jvmcost, kernel61, start, steps, ticks, unwind, unwind-tables";

    @Parameters(arity = "1", description = "which: " + NAMES)
    private String name;

    @Option(names = "--seconds", description = "how long to measure (default: 60; fuzz: 1200)")
    private Integer seconds;

    @Option(names = "--only", description = "measure the parts whose names contain this (jvm, jvmcost, steps)")
    private String only;

    /** Runs one benchmark. */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Main()).execute(arguments));
    }

    @Override
    public Integer call() throws Exception {
        Map<String, Benchmark> known = new TreeMap<>(Map.ofEntries(
                Map.entry("agent", new AgentBenchmark()),
                Map.entry("births", new BirthsBenchmark()),
                Map.entry("fuzz", new FuzzBenchmark()),
                Map.entry("golden", new JvmGoldenBenchmark()),
                Map.entry("ingest", new IngestBenchmark()),
                Map.entry("jvm", new JvmBenchmark()),
                Map.entry("jvmcost", new JvmCostBenchmark()),
                Map.entry("kernel61", new OldKernelBenchmark()),
                Map.entry("start", new StartBenchmark()),
                Map.entry("steps", new AllStepsBenchmark()),
                Map.entry("ticks", new TicksBenchmark()),
                Map.entry("unwind", new UnwindBenchmark()),
                Map.entry("unwind-tables", new UnwindTablesBenchmark())));
        Benchmark benchmark = known.get(name);
        if (benchmark == null) {
            System.err.println("bench: '" + name + "' (expected: one of " + known.keySet() + ")");
            return CommandLine.ExitCode.USAGE;
        }
        Duration duration = seconds == null ? benchmark.usualDuration() : Duration.ofSeconds(seconds);
        if (duration.toSeconds() < 5 || duration.toSeconds() > 3600) {
            System.err.println("--seconds: " + seconds + " (expected: 5 to 3600)");
            return CommandLine.ExitCode.USAGE;
        }
        if (only != null && !benchmark.hasParts()) {
            System.err.println("--only: '" + only + "' (expected: nothing, for " + name + " has no parts)");
            return CommandLine.ExitCode.USAGE;
        }
        List<Figure> figures = run(benchmark, duration);
        if (only != null && figures.isEmpty()) {
            System.err.println("--only: '" + only + "' (expected: what is in the name of a part of " + name + ")");
            return CommandLine.ExitCode.USAGE;
        }
        print(figures, System.out);
        return CommandLine.ExitCode.OK;
    }

    private List<Figure> run(Benchmark benchmark, Duration duration) throws IOException, InterruptedException {
        try (ScratchFolder scratch = new ScratchFolder()) {
            Path root = Path.of(System.getProperty("sonde.root", "."));
            return benchmark.run(
                    new BenchContext(root, scratch.path(), duration, only == null ? "" : only, System.err));
        }
    }

    private static void print(List<Figure> figures, PrintStream out) {
        int width = figures.stream().mapToInt(f -> f.name().length()).max().orElse(0);
        figures.forEach(figure -> out.println(figure.line(width)));
    }
}
