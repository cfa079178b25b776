package dev.sonde.agent.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import dev.sonde.agent.fixture.CompiledJava;
import dev.sonde.agent.fixture.InstalledJdk;
import dev.sonde.agent.fixture.JavaProgram;
import dev.sonde.agent.fixture.KernelRights;
import dev.sonde.agent.fixture.RunningProgram;
import dev.sonde.pprof.Profile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Recordings of Java programs whose methods have known shares: whole stacks, right names. */
@Tag("kernel")
class JavaStacksIT {

    private static final int HERTZ = 997;

    /** So many that a share's standard error is about one point. */
    private static final int ENOUGH = 2000;

    @TempDir
    Path directory;

    @BeforeEach
    void requireRights() throws IOException {
        KernelRights.require();
    }

    @ParameterizedTest(name = "{0} {1} {2}")
    @CsvSource({
        "17, inlined, -XX:+UseG1GC",
        "17, inlined, -Xint",
        "17, inlined, -XX:TieredStopAtLevel=1",
        "17, megamorphic, -XX:+UseSerialGC",
        "17, recursion, -XX:+UseParallelGC",
        "17, allocating, -Xmx64m",
        "25, inlined, -XX:+UseG1GC",
        "25, inlined, -Xint",
        "25, inlined, -XX:-SegmentedCodeCache",
        "25, megamorphic, -XX:+UseCompactObjectHeaders",
        "25, recursion, -XX:+UseSerialGC",
        "25, recursion, -XX:+UseZGC",
        "25, allocating, -Xmx64m",
        "25, virtual, -XX:+UseG1GC",
        "25, virtual, -XX:+UseZGC",
    })
    void stacksAreWholeAndSharesAreKnown(int release, String program, String option) throws Exception {
        JavaRecording recording = new JavaRecording(directory, HERTZ, ENOUGH);
        List<RecordedStack> stacks = RecordedStack.of(record(recording, InstalledJdk.java(release), program, option));
        long all = RecordedStack.sum(stacks);
        long whole = RecordedStack.sum(
                stacks.stream().filter(stack -> !stack.isTruncated()).toList());
        assertThat(100.0 * whole / all)
                .as(() -> "whole stacks; " + recording + truncated(stacks))
                .isGreaterThanOrEqualTo(99);
        assertNamed(stacks);
        for (Share share : shares(program)) {
            long of = RecordedStack.sum(RecordedStack.with(stacks, share.of()));
            assertThat(of).as("samples of %s; %s", share.of(), recording).isPositive();
            // A method's time is its callees' too: clocks, allocations, the kernel.
            assertThat(100.0 * RecordedStack.sum(RecordedStack.with(stacks, share.method())) / of)
                    .as("%s of %s", share.method(), share.of())
                    .isCloseTo(share.percent(), offset(3.0));
        }
        assertRoots(program, option, stacks);
    }

    /** Those that were not whole, the most frequent first, each by its innermost frames. */
    private static String truncated(List<RecordedStack> stacks) {
        return stacks.stream()
                .filter(RecordedStack::isTruncated)
                .sorted(Comparator.comparingLong(RecordedStack::samples).reversed())
                .limit(5)
                .map(stack -> stack.samples() + " of " + stack.root() + ": "
                        + stack.frames().stream().limit(12).collect(Collectors.joining(" < ")))
                .collect(Collectors.joining("\n"));
    }

    /** Names and kinds of the frames of methods. */
    private static void assertNamed(List<RecordedStack> stacks) {
        long frames = 0;
        long unknown = 0;
        for (RecordedStack stack : stacks) {
            frames += stack.samples() * stack.frames().size();
            unknown += stack.samples()
                    * stack.frames().stream()
                            .filter(frame -> frame.startsWith("[unknown") || frame.startsWith("[jvm stale]"))
                            .count();
        }
        assertThat(1000 * unknown).as("unknown of %d frames", frames).isLessThanOrEqualTo(frames);
    }

    private static void assertRoots(String program, String option, List<RecordedStack> stacks) {
        // The kernel cuts the name off, and under ZGC it is the only one.
        String carrier = option.contains("ZGC") ? "ForkJoinPool-1-" : "ForkJoinPool-1-worker-";
        String entry = program.equals("virtual") ? "KnownShares.computeAndPark" : "KnownShares.main";
        String root = program.equals("virtual") ? "jdk.internal.vm.Continuation.enterSpecial" : "java.lang.Thread.run";
        for (RecordedStack stack : RecordedStack.with(stacks, program.equals("virtual") ? entry : "KnownShares.spin")) {
            // Those that are not whole were counted; one may be of the moment in which its frames are being frozen.
            assertThat(stack.has(root) || stack.isTruncated())
                    .as(() -> String.join("\n", stack.frames()))
                    .isTrue();
            assertThat(stack.labels().get("thread_role")).isEqualTo("app");
            assertThat(stack.labels().get("thread")).startsWith(program.equals("virtual") ? carrier : "worker");
        }
    }

    /**
     * A method's share.
     *
     * @param of in the samples that have this method
     */
    private record Share(String method, double percent, String of) {}

    private static List<Share> shares(String program) {
        String spin = "KnownShares.spin";
        return switch (program) {
            case "inlined" ->
                List.of(
                        new Share("KnownShares.sixInner", 60, spin),
                        new Share("KnownShares.sixTenths", 60, spin),
                        new Share("KnownShares.threeInner", 30, spin),
                        new Share("KnownShares.oneTenth", 10, spin));
            case "megamorphic" ->
                List.of(
                        new Share("KnownShares$Four.work", 40, spin),
                        new Share("KnownShares$Three.work", 30, spin),
                        new Share("KnownShares$Two.work", 20, spin),
                        new Share("KnownShares$One.work", 10, spin));
            case "recursion" ->
                List.of(new Share("KnownShares.sevenTenths", 70, spin), new Share("KnownShares.threeOfTen", 30, spin));
            // Its collector takes what it takes.
            case "allocating" -> List.of();
            default ->
                List.of(
                        new Share("KnownShares.sevenTenthsOfTurn", 70, spin),
                        new Share("KnownShares.threeTenthsOfTurn", 30, spin));
        };
    }

    private Profile record(JavaRecording recording, String java, String program, String option) throws Exception {
        Path classes = directory.resolve("classes");
        CompiledJava.classes(classes, "/fixture/java/KnownShares.java", 17);
        try (RunningProgram running =
                JavaProgram.run(java, List.of("-Xlog:disable", option), classes, "KnownShares", program)) {
            return recording.of(running);
        }
    }

    /** What the series labels of a Java process are, and the kinds, sources and roles of its frames and threads. */
    @Test
    void labelsKindsAndSources() throws Exception {
        JavaRecording recording = new JavaRecording(directory, HERTZ, ENOUGH);
        Profile profile = record(recording, InstalledJdk.java(25), "allocating", "-Xmx64m");
        List<RecordedStack> stacks = RecordedStack.of(profile);
        assertThat(stacks.getFirst().labels().get("service")).isEqualTo("KnownShares");
        assertThat(stacks.getFirst().labels().get("main_class")).isEqualTo("KnownShares");
        assertThat(stacks.getFirst().labels().get("gc")).isEqualTo("G1");
        assertThat(stacks.getFirst().labels().get("jvm_version")).startsWith("25.");
        assertThat(stacks.getFirst().labels().get("jvm_vendor")).isNotEmpty();
        Set<String> kinds = new HashSet<>(List.of(profile.mappings().file()));
        assertThat(kinds).contains("[jvm c2]", "[jvm stub]", "[kernel]");
        Set<String> roles = new HashSet<>();
        stacks.forEach(stack -> roles.add(stack.labels().get("thread_role")));
        assertThat(roles).contains("app", "gc");
        Profile.Functions functions = profile.functions();
        int spin = List.of(functions.name()).indexOf("KnownShares.spin");
        assertThat(functions.systemName()[spin]).isEqualTo("KnownShares.spin(I)V");
        assertThat(functions.file()[spin]).isEqualTo("KnownShares.java");
    }
}
