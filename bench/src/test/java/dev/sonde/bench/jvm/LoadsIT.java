package dev.sonde.bench.jvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Some programs on the JVMs installed; all, on all that can be had, are {@code sonde bench jvm}. */
class LoadsIT {

    private static final List<Load> LOADS = List.of(Load.of("Inlining", "-XX:-Inline"), Load.of("Churn"));

    private static final Duration WARM_UP = Duration.ofSeconds(3);
    private static final Duration DURATION = Duration.ofSeconds(4);

    /** Of some 2,000 samples, fewer on a busy machine: four standard deviations. */
    private static final double POINTS = 6;

    private static final Map<String, Double> SHARES = Map.of("half", 50.0, "third", 30.0, "fifth", 20.0);

    @TempDir
    private static Path folder;

    @BeforeAll
    static void requireRights() throws IOException {
        if (!Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0)) {
            System.err.println("SKIPPED: Java programs are sampled as root only");
            abort("not root");
        }
    }

    @TestFactory
    Stream<DynamicTest> stacksAreWholeAndTrue() throws IOException {
        LoadRun run = new LoadRun(folder);
        return Jvm.installed().stream()
                .flatMap(jvm -> LOADS.stream()
                        .map(load -> DynamicTest.dynamicTest(
                                jvm.version() + " " + load.name(),
                                () -> judge(run.record(load, jvm, WARM_UP, DURATION)))));
    }

    /** With ZGC, which moves what frozen frames are in while it goes on. */
    @TestFactory
    Stream<DynamicTest> stacksThatZgcMovesAreWholeAndTrue() throws IOException {
        LoadRun run = new LoadRun(folder);
        Load load = Load.program(21, "VirtualThreads garbage", "-XX:+UseZGC");
        return Jvm.installed().stream()
                .filter(load::runsOn)
                .map(jvm -> DynamicTest.dynamicTest(
                        jvm.version() + " " + load.name(),
                        () -> judgeStacks(run.record(load, jvm, WARM_UP, DURATION))));
    }

    private static void judge(LoadReport report) {
        judgeStacks(report);
        SHARES.forEach((part, share) ->
                assertThat(report.shares().get(part)).as(report.text()).isCloseTo(share, offset(POINTS)));
    }

    private static void judgeStacks(LoadReport report) {
        assertThat(report.samples()).as(report.text()).isGreaterThan(200);
        assertThat(report.percentRooted()).as(report.text()).isGreaterThanOrEqualTo(99);
        assertThat(report.percentUnknown()).as(report.text()).isLessThanOrEqualTo(0.1);
        assertThat(report.strange()).as(report.text()).isZero();
    }
}
