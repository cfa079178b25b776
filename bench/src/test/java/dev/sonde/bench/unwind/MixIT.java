package dev.sonde.bench.unwind;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Stacks of the whole mix reach their root; the long form is {@code sonde bench unwind}. */
class MixIT {

    private static final Duration DURATION = Duration.ofMillis(1_500);

    private static final int MIN_STACKS = 1_000;

    @TempDir
    private static Path folder;

    private static Sampling sampling;

    /** A sampler that cannot start in spite of them is a failure. */
    @BeforeAll
    static void startSampling() throws IOException {
        requireRoot();
        sampling = MixRun.sampling();
    }

    @AfterAll
    static void endSampling() {
        if (sampling != null) {
            sampling.close();
        }
    }

    static void requireRoot() throws IOException {
        if (!Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0)) {
            System.err.println("SKIPPED: the mix of programs is sampled as root only");
            abort("not root");
        }
    }

    @TestFactory
    Stream<DynamicTest> stacksReachTheirRoot() {
        return Mix.PROGRAMS.stream()
                .map(program -> DynamicTest.dynamicTest(program.name(), () -> {
                    if (!program.isPossible()) {
                        System.err.println("SKIPPED: " + program.name() + ": no " + program.tool());
                        abort("no " + program.tool());
                    }
                    MixRun run = MixRun.of(sampling, program, folder, DURATION, MIN_STACKS);
                    assertThat(run.stacks()).as("stacks").isGreaterThanOrEqualTo(MIN_STACKS);
                    assertThat(run.percentComplete()).as(run.toString()).isGreaterThanOrEqualTo(99);
                }));
    }
}
