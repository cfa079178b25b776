package dev.sonde.bench.unwind;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.sonde.agent.kernel.Sample;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Stacks of the whole mix reach their root; the long form is {@code sonde bench unwind}. */
class MixIT {

    private static final Duration DURATION = Duration.ofMillis(1_500);

    private static final int MIN_STACKS = 1_000;

    private static final int SHARE_SAMPLES = 3_000;

    @TempDir
    private static Path folder;

    /** A sampler that cannot start in spite of them is a failure. */
    @BeforeAll
    static void requireRights() throws IOException {
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
                    MixRun run = MixRun.of(program, folder, DURATION, MIN_STACKS);
                    assertThat(run.stacks()).as("stacks").isGreaterThanOrEqualTo(MIN_STACKS);
                    assertThat(run.percentComplete()).as(run.toString()).isGreaterThanOrEqualTo(99);
                }));
    }

    /** Three functions call a fourth, without frame pointers: only the stack tells whose time it is. */
    @Test
    void sharesAreThoseOfTheCallers() throws Exception {
        List<String> command = MixProgram.c("callers", "-O2", "-fomit-frame-pointer", "-static", "-no-pie")
                .prepare(folder);
        NavigableMap<Long, String> functions = functions(command.getFirst());
        Map<String, Integer> samples = new HashMap<>();
        Process process = MixRun.start(command, folder);
        try (Sampling sampling = Sampling.start(499)) {
            sampling.process(process.pid());
            sampling.listen(sample -> samples.merge(caller(sample, functions), 1, Integer::sum));
            while (sampling.samples() < SHARE_SAMPLES && process.isAlive()) {
                sampling.take(process, Duration.ofMillis(500));
            }
        } finally {
            MixRun.end(process);
        }
        double total = samples.values().stream().mapToInt(Integer::intValue).sum();
        assertThat(100 * samples.get("half") / total).as(samples.toString()).isCloseTo(50, offset(3.0));
        assertThat(100 * samples.get("third") / total).as(samples.toString()).isCloseTo(30, offset(3.0));
        assertThat(100 * samples.get("fifth") / total).as(samples.toString()).isCloseTo(20, offset(3.0));
    }

    /** The function below main. */
    private static String caller(Sample sample, NavigableMap<Long, String> functions) {
        for (int i = 1; i < sample.userDepth(); i++) {
            if (functions.floorEntry(sample.userWord(i) - 1).getValue().equals("main")) {
                return functions.floorEntry(sample.userWord(i - 1) - 1).getValue();
            }
        }
        return "none";
    }

    private static NavigableMap<Long, String> functions(String program) throws IOException, InterruptedException {
        Process nm = new ProcessBuilder("nm", program).start();
        NavigableMap<Long, String> functions = new TreeMap<>(Map.of(0L, "unknown"));
        new String(nm.getInputStream().readAllBytes(), StandardCharsets.US_ASCII)
                .lines()
                .map(line -> line.split(" ", 3))
                .filter(words -> words.length == 3 && words[1].equalsIgnoreCase("t"))
                .forEach(words -> functions.put(Long.parseUnsignedLong(words[0], 16), words[2]));
        assertThat(nm.waitFor()).isZero();
        return functions;
    }
}
