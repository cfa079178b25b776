package dev.sonde.bench.agent;

import dev.sonde.bench.harness.BenchContext;
import dev.sonde.bench.harness.Benchmark;
import dev.sonde.bench.harness.BusyMachine;
import dev.sonde.bench.harness.Figure;
import dev.sonde.bench.harness.SondeProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** The agent's memory and CPU at 19 Hz with every CPU of the machine busy, after it has settled. */
public final class AgentBenchmark implements Benchmark {

    private static final double MIB = 1 << 20;

    @Override
    public List<Figure> run(BenchContext context) throws IOException, InterruptedException {
        int seconds = Math.toIntExact(
                AgentFigures.LONGEST_SETTLE.plus(context.duration()).toSeconds());
        try (SondeProcess server = SondeProcess.server(context);
                BusyMachine busy = new BusyMachine(context.scratch(), 2 * seconds)) {
            String address = AgentFigures.freeAddress();
            try (SondeProcess agent = AgentFigures.start(context, server.readLine(), address)) {
                Figure settled = AgentFigures.settle(context, agent);
                Duration cpuBefore = agent.usage().cpu();
                long start = System.nanoTime();
                Thread.sleep(context.duration());
                double elapsedNanos = System.nanoTime() - start;
                double cpuNanos = agent.usage().cpu().minus(cpuBefore).toNanos();
                double resident = agent.usage().residentBytes() / MIB;
                double peak = agent.usage().peakResidentBytes() / MIB;
                double maps = new AgentFigures(address).sum("sonde_agent_bpf_map_bytes") / MIB;
                return List.of(
                        Figure.of("agent CPU at 19 Hz", 100 * cpuNanos / elapsedNanos, 2, "% of a core", "goal <= 1"),
                        settled,
                        Figure.of("agent CPU until then", cpuBefore.toMillis() / 1000.0, 2, "s", ""),
                        Figure.of("agent resident", resident, 1, "MiB", ""),
                        Figure.of("agent resident, peak since its start", peak, 1, "MiB", ""),
                        Figure.of("agent BPF maps", maps, 1, "MiB", ""),
                        Figure.of("both together", resident + maps, 1, "MiB", "goal <= 100, which is 105 MB"));
            }
        }
    }
}
