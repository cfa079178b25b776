package dev.sonde.bench.jvmsteps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.sonde.bench.jvm.Jvm;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Some thousand instructions of Java code in each installed JVM: the unwinder names the true caller after each. */
class JvmStepsIT {

    private static final long INSTRUCTIONS = 10_000;

    @TempDir
    Path folder;

    static Stream<Jvm> jvms() throws IOException {
        return Jvm.installed().stream();
    }

    @ParameterizedTest
    @MethodSource("jvms")
    void callersAreRight(Jvm jvm) throws Exception {
        try (JvmSteps steps = JvmSteps.prepare(folder)) {
            JvmStepScore score = run(steps, jvm);
            assertThat(score.java().judged()).isGreaterThanOrEqualTo(INSTRUCTIONS);
            assertThat(score.java().rightPercent())
                    .as("%s", score.java().explained())
                    .isGreaterThanOrEqualTo(99.95);
            assertThat(score.other().rightPercent())
                    .as("%s", score.other().explained())
                    .isGreaterThanOrEqualTo(99.9);
            assertThat(score.rootsPercent()).as("%s", score.unrooted()).isGreaterThanOrEqualTo(99);
        }
    }

    private static JvmStepScore run(JvmSteps steps, Jvm jvm) throws IOException, InterruptedException {
        try {
            return steps.run(jvm, INSTRUCTIONS);
        } catch (StepperException e) {
            System.err.println("SKIPPED: a JVM cannot be stepped here: " + e.getMessage());
            return abort("a JVM cannot be stepped here: " + e.getMessage());
        }
    }
}
