package dev.sonde.bench.steps;

import dev.sonde.bench.harness.BenchContext;
import dev.sonde.bench.harness.Benchmark;
import dev.sonde.bench.harness.Figure;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * 50,000 instructions of each program: the share with the true caller, and with the whole true stack; each miss
 * is told with its place. The number of steps is fixed, not the time.
 */
public final class StepsBenchmark implements Benchmark {

    private static final long STEPS = 50_000;

    /** Windows of some hundred instructions over a million: as many functions as possible. */
    private static final StepPlan SPREAD = new StepPlan(true, 0, 500, 20_000, STEPS, 0);

    private static final StepPlan PART = new StepPlan(true, 0, 1_000, 4_000, STEPS, 0);

    /** A prime, so that each instruction of a loop is met. */
    private static final StepPlan SIGNALS = new StepPlan(true, 0, STEPS, 0, STEPS, 997);

    private static final StepPlan START = new StepPlan(false, 0, 1_000, 4_000, STEPS, 0);

    @Override
    public List<Figure> run(BenchContext context) throws IOException, InterruptedException {
        SteppedPrograms programs = new SteppedPrograms(context.scratch());
        Tracer tracer = programs.tracer();
        Map<SteppedProgram, StepPlan> plans = new LinkedHashMap<>();
        plans.put(programs.libc(), PART);
        plans.put(programs.numbers(), PART);
        plans.put(programs.cppLibrary(), PART);
        plans.put(programs.exceptions(), PART);
        plans.put(programs.signals(), SIGNALS);
        plans.put(programs.python(), SPREAD);
        plans.put(programs.dynamicLinker(), START);
        plans.put(programs.staticPie(), START);
        List<Figure> table = new ArrayList<>();
        for (Map.Entry<SteppedProgram, StepPlan> next : plans.entrySet()) {
            StepReferee referee = new StepReferee();
            tracer.run(next.getKey(), next.getValue(), referee);
            StepScore score = referee.score(next.getKey().name());
            tell(score, context);
            table.add(Figure.of(score.program() + ": steps", score.steps(), "steps", ""));
            table.add(Figure.of(score.program() + ": right callers", score.callersPercent(), 3, "%", "goal >= 99.9"));
            table.add(Figure.of(score.program() + ": wrong callers", score.wrongCallers(), "steps", "goal 0"));
            table.add(Figure.of(score.program() + ": right stacks", score.stacksPercent(), 3, "%", ""));
            table.add(Figure.of(score.program() + ": on the way to a landing", score.landings(), "steps", ""));
        }
        return table;
    }

    private static void tell(StepScore score, BenchContext context) {
        score.explained().forEach(line -> context.log().println(score.program() + ": " + line));
    }
}
