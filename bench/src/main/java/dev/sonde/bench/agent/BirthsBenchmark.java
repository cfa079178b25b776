package dev.sonde.bench.agent;

import dev.sonde.bench.harness.BenchContext;
import dev.sonde.bench.harness.Benchmark;
import dev.sonde.bench.harness.CProgram;
import dev.sonde.bench.harness.Figure;
import dev.sonde.bench.harness.SondeProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** What the agent costs at 19 Hz where processes come and go, and with many files mapped. */
public final class BirthsBenchmark implements Benchmark {

    private static final int FILES = 100;

    private static final Path LIBRARIES = Path.of("/usr/lib/x86_64-linux-gnu");

    private static final double MIB = 1 << 20;

    /** The first births bring the program's symbols to the server, and the agent's own code to its compiler: once. */
    private static final Duration FIRST_BIRTHS = Duration.ofSeconds(20);

    @Override
    public List<Figure> run(BenchContext context) throws IOException, InterruptedException {
        Path births = CProgram.compile(context.scratch(), "births");
        List<Figure> figures = new ArrayList<>();
        Process mapped = libraries(context);
        try (SondeProcess server = SondeProcess.server(context)) {
            String loaded = mapped.inputReader(StandardCharsets.US_ASCII).readLine();
            String address = AgentFigures.freeAddress();
            AgentFigures agent = new AgentFigures(address);
            try (SondeProcess process = AgentFigures.start(context, server.readLine(), address)) {
                figures.add(AgentFigures.settle(context, process));
                figures.add(cost(context, process, agent, births, 0, "goal <= 0.6: 0.3 % of two CPUs"));
                figures.add(memory(process, agent, loaded + " libraries mapped"));
                figures.add(cost(context, process, agent, births, 40, "goal <= 1.6, half of OpenTelemetry's 3.1"));
                figures.add(cost(context, process, agent, births, 200, "nothing lost uncounted"));
                figures.add(memory(process, agent, loaded + " libraries mapped, after the births"));
            }
        } finally {
            mapped.destroyForcibly().waitFor();
        }
        return figures;
    }

    private static Figure memory(SondeProcess process, AgentFigures agent, String when)
            throws IOException, InterruptedException {
        double resident = process.usage().residentBytes() / MIB;
        double maps = agent.sum("sonde_agent_bpf_map_bytes") / MIB;
        return Figure.of(
                "resident and BPF maps, " + when,
                resident + maps,
                1,
                "MiB",
                String.format(
                        Locale.ROOT,
                        "goal <= 100, which is 105 MB; %.1f and %.1f; tables of %.0f files %.1f",
                        resident,
                        maps,
                        agent.sum("sonde_agent_unwind_files"),
                        agent.sum("sonde_agent_unwind_table_bytes") / MIB));
    }

    /** A process that has the machine's libraries mapped, so many as there are. */
    private static Process libraries(BenchContext context) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(
                List.of(CProgram.compile(context.scratch(), "libraries").toString()));
        try (Stream<Path> files = Files.list(LIBRARIES)) {
            files.filter(file -> file.getFileName().toString().matches("lib[a-z]+[^/]*\\.so\\.[0-9]+"))
                    .sorted()
                    .limit(FILES)
                    .forEach(file -> command.add(file.toString()));
        }
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    private static Figure cost(
            BenchContext context, SondeProcess process, AgentFigures agent, Path births, int perSecond, String goal)
            throws IOException, InterruptedException {
        context.log().println(perSecond + " births a second");
        double lost = agent.sum("sonde_agent_samples_lost_total");
        double samples = agent.sum("sonde_agent_samples_total");
        Process churn = null;
        if (perSecond > 0) {
            long seconds = FIRST_BIRTHS.plus(context.duration()).toSeconds();
            churn = new ProcessBuilder(births.toString(), Integer.toString(perSecond), Long.toString(seconds)).start();
            Thread.sleep(FIRST_BIRTHS);
        }
        Duration before = process.usage().cpu();
        long start = System.nanoTime();
        Thread.sleep(context.duration());
        double elapsedNanos = System.nanoTime() - start;
        double cpuNanos = process.usage().cpu().minus(before).toNanos();
        String born = "0";
        if (churn != null) {
            churn.waitFor();
            born = churn.inputReader(StandardCharsets.US_ASCII).readLine();
        }
        return Figure.of(
                "agent CPU, " + perSecond + " births/s",
                100 * cpuNanos / elapsedNanos,
                2,
                "% of a core",
                String.format(
                        Locale.ROOT,
                        "%s; %s born, %.0f samples, %.0f lost",
                        goal,
                        born,
                        agent.sum("sonde_agent_samples_total") - samples,
                        agent.sum("sonde_agent_samples_lost_total") - lost));
    }
}
