package dev.sonde.bench.jvm;

import dev.sonde.bench.harness.BenchContext;
import dev.sonde.bench.harness.Benchmark;
import dev.sonde.bench.harness.Figure;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What it costs to sample a JVM: in the kernel, in the agent, in the JVM. */
public final class JvmCostBenchmark implements Benchmark {

    private static final Load BUSY = Load.inThreads(2, "Streams");

    /** What of the figures can fail: a JVM that cannot be read, a program that ends. */
    private interface Part {
        List<Figure> figures() throws IOException, InterruptedException;
    }

    @Override
    public boolean hasParts() {
        return true;
    }

    @Override
    public List<Figure> run(BenchContext context) throws IOException, InterruptedException {
        List<Figure> figures = new ArrayList<>();
        LoadRun run = new LoadRun(context.scratch());
        AgentCost agent = new AgentCost(context, run);
        for (Jvm jvm : Jvm.installed()) {
            Map<String, Part> parts = new LinkedHashMap<>();
            parts.put("frames", () -> new FrameCost(run).figures(jvm));
            parts.put("first stack", () -> List.of(new FirstStack(run).figure(jvm, BUSY)));
            parts.put("naming", () -> List.of(new NamingCost(run).figure(jvm, BUSY, context.duration())));
            parts.put("busy", () -> agent.busy(jvm, BUSY));
            parts.put("large", () -> agent.large(jvm));
            parts.put("pauses", () -> agent.pauses(jvm));
            for (Map.Entry<String, Part> part : parts.entrySet()) {
                if (context.selects(jvm.version() + " " + part.getKey())) {
                    figures.addAll(context.tell(part.getValue().figures()));
                }
            }
        }
        return figures;
    }
}
