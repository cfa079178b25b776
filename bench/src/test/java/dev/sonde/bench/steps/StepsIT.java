package dev.sonde.bench.steps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Some thousand instructions of each program: the unwinder names the true caller after each. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StepsIT {

    private static final long STEPS = 3_000;

    /** The C runtime's start has no frame information; it is told by the bench, and passed over here. */
    private static final long START = 4_000;

    private static final StepPlan SPREAD = new StepPlan(true, START, 300, 1_200, STEPS, 0);

    @TempDir
    static Path folder;

    private SteppedPrograms programs;
    private Tracer tracer;

    @BeforeAll
    void compile() throws Exception {
        programs = new SteppedPrograms(folder);
        tracer = programs.tracer();
        try {
            score(programs.libc(), new StepPlan(true, 0, 1, 0, 1, 0));
        } catch (IOException e) {
            System.err.println("SKIPPED: a program cannot be traced here: " + e.getMessage());
            abort("a program cannot be traced here: " + e.getMessage());
        }
    }

    @Test
    void libc() throws Exception {
        callersAreRight(score(programs.libc(), SPREAD));
    }

    @Test
    void cppLibrary() throws Exception {
        callersAreRight(score(programs.cppLibrary(), SPREAD));
    }

    @Test
    void exceptions() throws Exception {
        callersAreRight(score(programs.exceptions(), SPREAD));
    }

    @Test
    void signals() throws Exception {
        callersAreRight(score(programs.signals(), new StepPlan(true, START, 300, 1_200, STEPS, 997)));
    }

    @Test
    void python() throws Exception {
        callersAreRight(score(programs.python(), new StepPlan(true, START, 100, 5_000, STEPS, 0)));
    }

    @Test
    void theDynamicLinkerFromTheFirstInstructionOn() throws Exception {
        StepScore score = score(programs.dynamicLinker(), new StepPlan(false, 0, 300, 1_200, STEPS, 0));
        callersAreRight(score);
        assertThat(score.rightStacks()).as("%s", score.explained()).isEqualTo(STEPS);
    }

    @Test
    void aProgramThatRelocatesItself() throws Exception {
        callersAreRight(score(programs.staticPie(), new StepPlan(false, 0, 300, 1_200, STEPS, 0)));
    }

    @Test
    void whereTheFilesOwnRulesAreWrongNoCallerIsNamed() throws Exception {
        // The arithmetic in assembly of glibc pushes registers and does not say so (sysdeps/x86_64/addmul_1.S).
        StepScore score = score(programs.numbers(), SPREAD);
        assertThat(score.wrongCallers()).as("%s", score.explained()).isZero();
    }

    private StepScore score(SteppedProgram program, StepPlan plan) throws Exception {
        StepReferee referee = new StepReferee();
        tracer.run(program, plan, referee);
        return referee.score(program.name());
    }

    private static void callersAreRight(StepScore score) {
        assertThat(score.steps()).isEqualTo(STEPS);
        assertThat(score.callersPercent()).as("%s", score.explained()).isGreaterThanOrEqualTo(99.9);
        assertThat(score.stacksPercent()).as("%s", score.explained()).isGreaterThanOrEqualTo(99.9);
        assertThat(score.wrongCallers()).as("%s", score.explained()).isZero();
    }
}
