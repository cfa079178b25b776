package dev.sonde.agent.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import dev.sonde.agent.fixture.CompiledJava;
import dev.sonde.agent.fixture.InstalledJdk;
import dev.sonde.agent.fixture.JavaProgram;
import dev.sonde.agent.fixture.KernelRights;
import dev.sonde.agent.fixture.RunningProgram;
import dev.sonde.pprof.PprofLimits;
import dev.sonde.pprof.PprofReader;
import dev.sonde.pprof.Profile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
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

    private static final Duration LONG = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    private final ByteArrayOutputStream told = new ByteArrayOutputStream();

    @BeforeEach
    void requireRights() throws IOException {
        KernelRights.require();
    }

    /** The frames of a stack, the root first, each as {@code name kind}. */
    private record Stack(long samples, List<String> frames, String thread, String role) {
        boolean isTruncated() {
            return frames.getFirst().startsWith("[truncated");
        }

        boolean has(String method) {
            return frames.stream().anyMatch(frame -> frame.startsWith(method + " "));
        }
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
    })
    void stacksAreWholeAndSharesAreKnown(int release, String program, String option) throws Exception {
        List<Stack> stacks = stacks(record(InstalledJdk.java(release), program, option));
        long all = stacks.stream().mapToLong(Stack::samples).sum();
        long whole = sum(stacks.stream().filter(stack -> !stack.isTruncated()).toList());
        assertThat(100.0 * whole / all)
                .as(() -> "whole stacks; " + told + truncated(stacks))
                .isGreaterThanOrEqualTo(99);
        assertNamed(stacks);
        for (Share share : shares(program)) {
            long of = sum(with(stacks, share.of()));
            assertThat(of).as("samples of %s; %s", share.of(), told).isPositive();
            // A method's time is its callees' too: clocks, allocations, the kernel.
            assertThat(100.0 * sum(with(stacks, share.method())) / of)
                    .as("%s of %s", share.method(), share.of())
                    .isCloseTo(share.percent(), offset(3.0));
        }
        assertRoots(program, stacks);
    }

    /** Those that were not whole, the most frequent first, each by its innermost frames. */
    private static String truncated(List<Stack> stacks) {
        return stacks.stream()
                .filter(Stack::isTruncated)
                .sorted(Comparator.comparingLong(Stack::samples).reversed())
                .limit(5)
                .map(stack -> stack.samples() + " of " + stack.frames().getFirst() + ": "
                        + stack.frames().reversed().stream().limit(12).collect(Collectors.joining(" < ")))
                .collect(Collectors.joining("\n"));
    }

    /** Names and kinds of the frames of methods. */
    private static void assertNamed(List<Stack> stacks) {
        long frames = 0;
        long unknown = 0;
        for (Stack stack : stacks) {
            frames += stack.samples() * stack.frames().size();
            unknown += stack.samples()
                    * stack.frames().stream()
                            .filter(frame -> frame.startsWith("[unknown") || frame.startsWith("[jvm stale]"))
                            .count();
        }
        assertThat(1000 * unknown).as("unknown of %d frames", frames).isLessThanOrEqualTo(frames);
    }

    private static void assertRoots(String program, List<Stack> stacks) {
        String entry = program.equals("virtual") ? "KnownShares.computeAndPark" : "KnownShares.main";
        String root = program.equals("virtual") ? "jdk.internal.vm.Continuation.enterSpecial" : "java.lang.Thread.run";
        for (Stack stack : with(stacks, program.equals("virtual") ? entry : "KnownShares.spin")) {
            assertThat(stack.has(root))
                    .as(() -> String.join("\n", stack.frames()))
                    .isTrue();
            assertThat(stack.role()).isEqualTo("app");
            assertThat(stack.thread()).startsWith(program.equals("virtual") ? "ForkJoinPool-1-worker-" : "worker");
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

    private static List<Stack> with(List<Stack> stacks, String method) {
        return stacks.stream().filter(stack -> stack.has(method)).toList();
    }

    private static long sum(List<Stack> stacks) {
        return stacks.stream().mapToLong(Stack::samples).sum();
    }

    private Profile record(String java, String program, String option) throws Exception {
        Path classes = directory.resolve("classes");
        CompiledJava.classes(classes, "/fixture/java/KnownShares.java", 17);
        try (RunningProgram running =
                JavaProgram.run(java, List.of("-Xlog:disable", option), classes, "KnownShares", program)) {
            Path file = directory.resolve("recorded.pb.gz");
            RecordOptions options = new RecordOptions(
                    Optional.of(LONG),
                    OptionalLong.of(running.pid()),
                    List.of(),
                    HERTZ,
                    OutputFile.parse(file.toString()),
                    false);
            Recorder recorder = new Recorder(options, new Console(new PrintStream(told, true, StandardCharsets.UTF_8)));
            Thread stopper = Thread.ofPlatform().daemon().start(() -> {
                while (recorder.completeStacks() < ENOUGH
                        && !Thread.currentThread().isInterrupted()) {
                    LockSupport.parkNanos(10_000_000);
                }
                recorder.stop();
            });
            recorder.run();
            stopper.interrupt();
            return new PprofReader(PprofLimits.defaults()).read(Files.readAllBytes(file));
        }
    }

    private static List<Stack> stacks(Profile profile) {
        List<Stack> stacks = new ArrayList<>();
        for (int i = 0; i < profile.samples().count(); i++) {
            List<String> frames = new ArrayList<>();
            for (int at = profile.samples().stackStart()[i + 1] - 1;
                    at >= profile.samples().stackStart()[i];
                    at--) {
                addFrames(profile, profile.samples().location()[at], frames);
            }
            stacks.add(new Stack(
                    profile.samples().value(i, 0),
                    frames,
                    label(profile, i, "thread"),
                    label(profile, i, "thread_role")));
        }
        return stacks;
    }

    private static void addFrames(Profile profile, int location, List<String> frames) {
        int mapping = profile.locations().mapping()[location];
        String kind = mapping == Profile.NONE ? "" : profile.mappings().file()[mapping];
        int from = profile.locations().lineStart()[location];
        int to = profile.locations().lineStart()[location + 1];
        if (from == to) {
            frames.add("address " + kind);
        }
        for (int line = to - 1; line >= from; line--) {
            frames.add(profile.functions().name()[profile.locations().lineFunction()[line]] + " " + kind);
        }
    }

    private static String label(Profile profile, int sample, String key) {
        for (int i = profile.samples().labelStart()[sample];
                i < profile.samples().labelStart()[sample + 1];
                i++) {
            if (profile.samples().labelKey()[i].equals(key)) {
                return profile.samples().labelText()[i];
            }
        }
        return "";
    }

    /** What the series labels of a Java process are, and the kinds, sources and roles of its frames and threads. */
    @Test
    void labelsKindsAndSources() throws Exception {
        Profile profile = record(InstalledJdk.java(25), "allocating", "-Xmx64m");
        List<Stack> stacks = stacks(profile);
        assertThat(label(profile, 0, "service")).isEqualTo("KnownShares");
        assertThat(label(profile, 0, "main_class")).isEqualTo("KnownShares");
        assertThat(label(profile, 0, "gc")).isEqualTo("G1");
        assertThat(label(profile, 0, "jvm_version")).startsWith("25.");
        assertThat(label(profile, 0, "jvm_vendor")).isNotEmpty();
        Set<String> kinds = new HashSet<>(List.of(profile.mappings().file()));
        assertThat(kinds).contains("[jvm c2]", "[jvm stub]", "[kernel]");
        Set<String> roles = new HashSet<>();
        stacks.forEach(stack -> roles.add(stack.role()));
        assertThat(roles).contains("app", "gc");
        Profile.Functions functions = profile.functions();
        int spin = List.of(functions.name()).indexOf("KnownShares.spin");
        assertThat(functions.systemName()[spin]).isEqualTo("KnownShares.spin(I)V");
        assertThat(functions.file()[spin]).isEqualTo("KnownShares.java");
    }
}
