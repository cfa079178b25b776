package dev.sonde.bench.jvm;

import dev.sonde.bench.harness.BenchContext;
import dev.sonde.bench.harness.Benchmark;
import dev.sonde.bench.harness.Figure;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What it costs to sample a JVM: in the kernel, in the agent, in the JVM. */
public final class JvmCostBenchmark implements Benchmark {

    private static final Load BUSY = Load.inThreads(2, "Streams");

    @Override
    public List<Figure> run(BenchContext context) throws IOException, InterruptedException {
        List<Figure> figures = new ArrayList<>();
        LoadRun run = new LoadRun(context.scratch());
        AgentCost agent = new AgentCost(context, run);
        for (Jvm jvm : Jvm.installed()) {
            add(context, figures, new FrameCost(run).figures(jvm));
            add(context, figures, List.of(new FirstStack(run).figure(jvm, BUSY)));
            add(context, figures, List.of(new NamingCost(run).figure(jvm, BUSY, context.duration())));
            add(context, figures, agent.busy(jvm, BUSY));
            add(context, figures, agent.large(jvm));
            add(context, figures, agent.pauses(jvm));
        }
        return figures;
    }

    /** The whole takes long: what is known is told. */
    private static void add(BenchContext context, List<Figure> figures, List<Figure> more) {
        more.forEach(context.log()::println);
        figures.addAll(more);
    }
}
