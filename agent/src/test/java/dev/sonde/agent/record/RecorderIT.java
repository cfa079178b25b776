package dev.sonde.agent.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sonde.agent.fixture.CProgram;
import dev.sonde.agent.fixture.KernelRights;
import dev.sonde.agent.kernel.SamplerException;
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
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Recordings of real programs on this kernel. */
@Tag("kernel")
class RecorderIT {

    /** Samples of which the shares are to be right within 3 points. */
    private static final int ENOUGH = 3000;

    private static final int HERTZ = 999;

    @TempDir
    Path directory;

    private final ByteArrayOutputStream told = new ByteArrayOutputStream();

    @BeforeEach
    void requireRights() throws IOException {
        KernelRights.require();
    }

    private Recorder recorder(Optional<Duration> duration, OptionalLong pid, int hertz, Path file, String... command) {
        RecordOptions options =
                new RecordOptions(duration, pid, List.of(command), hertz, OutputFile.parse(file.toString()), false);
        return new Recorder(options, new Console(new PrintStream(told, true, StandardCharsets.UTF_8)));
    }

    private Profile record(Optional<Duration> duration, OptionalLong pid, int hertz, String... command)
            throws Exception {
        Path file = directory.resolve("recorded.pb.gz");
        recorder(duration, pid, hertz, file, command).run();
        return new PprofReader(PprofLimits.defaults()).read(Files.readAllBytes(file));
    }

    /** Without optimization gcc gives leaf functions frames too; without frames their callers would be skipped. */
    private Path program() throws IOException {
        return CProgram.compile(directory, "thirds.c", "thirds", "-O0").file();
    }

    private String told() {
        return told.toString(StandardCharsets.UTF_8);
    }

    @Test
    void sharesOfThreeFunctionsAreRightAndPerfAgrees() throws Exception {
        Path program = program();
        Profile profile = record(Optional.empty(), OptionalLong.empty(), HERTZ, program.toString(), "5");

        Map<String, Long> leaves = leaves(profile);
        long total = leaves.values().stream().mapToLong(Long::longValue).sum();
        assertThat(total).as("samples; %s", told()).isGreaterThanOrEqualTo(ENOUGH);
        assertThat(told()).contains("the command exited with 3").contains(total + " samples in");
        assertShares(leaves, total);
        assertThat(share(cumulative(profile, "rounds"), total)).isGreaterThan(97);

        assumeTrue(Files.isExecutable(Path.of("/usr/bin/perf")), "SKIPPED the referee: no perf on this machine");
        Map<String, Double> perf = perfShares(program);
        for (String function : List.of("half", "third", "fifth")) {
            assertThat(share(leaves.get(function), total))
                    .as("%s, by perf and by us", function)
                    .isCloseTo(perf.get(function), offset(3.0));
        }
    }

    private static void assertShares(Map<String, Long> leaves, long total) {
        assertThat(share(leaves.get("half"), total)).as("half: %s", leaves).isCloseTo(50, offset(3.0));
        assertThat(share(leaves.get("third"), total)).as("third: %s", leaves).isCloseTo(30, offset(3.0));
        assertThat(share(leaves.get("fifth"), total)).as("fifth: %s", leaves).isCloseTo(20, offset(3.0));
    }

    /** The shares that perf's own recording of the program has, of all its samples. */
    private Map<String, Double> perfShares(Path program) throws IOException {
        String data = directory.resolve("perf.data").toString();
        Process perf = new ProcessBuilder(
                        "perf", "record", "-q", "-e", "cpu-clock", "-F", "999", "-o", data, program.toString(), "4")
                .redirectErrorStream(true)
                .start();
        perf.getInputStream().readAllBytes();
        String report =
                CProgram.output(List.of("perf", "report", "-i", data, "--stdio", "--no-children", "-s", "symbol"));
        Map<String, Double> shares = new TreeMap<>();
        Matcher line = Pattern.compile("([0-9.]+)% +\\[\\.] (\\w+)").matcher(report);
        while (line.find()) {
            shares.put(line.group(2), Double.parseDouble(line.group(1)));
        }
        assertThat(shares).as(report).containsKeys("half", "third", "fifth");
        return shares;
    }

    @Test
    void aRunningProcessIsRecordedUntilItEnds() throws Exception {
        Path program = program();
        Process process = new ProcessBuilder(program.toString(), "2").start();
        Profile profile = record(Optional.empty(), OptionalLong.of(process.pid()), HERTZ);
        assertThat(process.isAlive()).isFalse();
        assertThat(labelNumbers(profile, "pid")).containsExactly(process.pid());
        assertThat(leaves(profile)).containsKeys("half", "third", "fifth");
        assertThat(labelTexts(profile, "service")).containsExactly("thirds");
        assertThat(labelTexts(profile, "comm")).containsExactly("thirds");
        assertThat(labelTexts(profile, "thread")).containsExactly("thirds");
    }

    @Test
    void processesOfTwentyMillisecondsAreRecordedAndNamed() throws Exception {
        Path program = program();
        String script = "for i in $(seq 80); do ./thirds 0.02; sleep 0.02; done";
        Profile profile = record(
                Optional.empty(), OptionalLong.empty(), HERTZ, "sh", "-c", "cd " + program.getParent() + "; " + script);
        Map<String, Long> leaves = leaves(profile, "thirds");
        long total = leaves.values().stream().mapToLong(Long::longValue).sum();
        long named = leaves.get("half") + leaves.get("third") + leaves.get("fifth");
        // The rest is the kernel's, and the dynamic linker's: the start and the end of each process.
        assertThat(share(named, total)).as("named: %s", leaves).isGreaterThan(80);
    }

    @Test
    void aProgramNeverSeenHasWholeStacks() throws Exception {
        Path program = CProgram.compile(
                        directory,
                        "thirds.c",
                        "unseen",
                        "-O0",
                        "-fomit-frame-pointer",
                        "-Wl,--build-id=0x" + Long.toHexString(System.nanoTime()))
                .file();
        Profile profile = record(Optional.empty(), OptionalLong.empty(), HERTZ, program.toString(), "0.3");
        long all = total(profile, "unseen", "");
        assertThat(all).as(told()).isGreaterThan(150);
        assertThat(share(total(profile, "unseen", "[truncated"), all))
                .as("truncated; %s", told())
                .isLessThanOrEqualTo(5);
    }

    /** Such code might be a JVM's that is not known yet, until the process is seen to have none. */
    @Test
    void codeThatAShortLivedProcessMadeIsFollowedByFramePointers() throws Exception {
        Path program = CProgram.compile(directory, "madecode.c", "madecode").file();
        Profile profile = record(Optional.empty(), OptionalLong.empty(), HERTZ, program.toString(), "250");
        long all = total(profile, "madecode", "");
        assertThat(all).as(told()).isGreaterThan(120);
        assertThat(share(cumulative(profile, "main"), all))
                .as("below main; %s", told())
                .isGreaterThan(85);
        assertThat(share(total(profile, "madecode", "[truncated"), all))
                .as("truncated; %s", told())
                .isLessThanOrEqualTo(5);
    }

    @Test
    void childrenAreRecordedFromTheirBirthAndAreNamedThoughTheyAreGone() throws Exception {
        Path program = program();
        String script = "cp thirds gone; ./gone 0.5; rm gone; ./thirds 0.5";
        Profile profile = record(
                Optional.empty(), OptionalLong.empty(), HERTZ, "sh", "-c", "cd " + program.getParent() + "; " + script);
        assertThat(labelTexts(profile, "service")).contains("gone", "thirds");
        assertThat(leaves(profile, "gone")).as("names of a deleted file").containsKeys("half", "third", "fifth");
    }

    @Test
    void aCommandThatRunsOnIsEndedWithTheRecording() throws Exception {
        Profile profile = record(Optional.of(Duration.ofMillis(500)), OptionalLong.empty(), 99, "sleep", "1000");
        assertThat(told()).contains("sent SIGTERM");
        assertThat(profile.header().durationNanos())
                .isLessThan(Duration.ofMinutes(1).toNanos());
    }

    @Test
    void stopEndsARecordingAndItIsWritten() throws Exception {
        Path file = directory.resolve("machine.collapsed");
        Path program = program();
        Process busy = new ProcessBuilder(program.toString(), "1000").start();
        try {
            Recorder recorder = recorder(Optional.empty(), OptionalLong.empty(), HERTZ, file);
            Thread ctrlC = Thread.ofPlatform().start(() -> {
                while (recorder.completeStacks() < 2 * HERTZ) {
                    LockSupport.parkNanos(10_000_000);
                }
                recorder.stop();
            });
            recorder.run();
            ctrlC.join();
        } finally {
            busy.destroyForcibly();
        }
        assertThat(Files.readString(file)).containsPattern("(?m);rounds;half \\d+$");
    }

    @Test
    void whatCannotBeRecordedIsSaidAndLeavesNoFile() {
        Path file = directory.resolve("none.pb.gz");
        assertThatThrownBy(() -> recorder(Optional.empty(), OptionalLong.empty(), 99, file, "/no/such/program")
                        .run())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("/no/such/program");
        assertThatThrownBy(() -> recorder(Optional.empty(), OptionalLong.of(Integer.MAX_VALUE), 99, file)
                        .run())
                .isInstanceOf(SamplerException.class)
                .hasMessageContaining("expected: a running process");
        assertThat(directory).isEmptyDirectory();
    }

    private static double share(long part, long total) {
        return 100.0 * part / total;
    }

    private static Map<String, Long> leaves(Profile profile) {
        return leaves(profile, null);
    }

    /** Samples by the name of their leaf, of one service or of all. */
    private static Map<String, Long> leaves(Profile profile, String service) {
        Map<String, Long> leaves = new TreeMap<>();
        Profile.Samples samples = profile.samples();
        for (int i = 0; i < samples.count(); i++) {
            if (service == null || service.equals(label(profile, i, "service"))) {
                leaves.merge(
                        name(profile, samples.location()[samples.stackStart()[i]]), samples.value(i, 0), Long::sum);
            }
        }
        return leaves;
    }

    /** Samples of a service whose outermost frame's name begins so. */
    private static long total(Profile profile, String service, String root) {
        long sum = 0;
        Profile.Samples samples = profile.samples();
        for (int i = 0; i < samples.count(); i++) {
            int last = samples.location()[samples.stackStart()[i + 1] - 1];
            if (service.equals(label(profile, i, "service"))
                    && name(profile, last).startsWith(root)) {
                sum += samples.value(i, 0);
            }
        }
        return sum;
    }

    private static long cumulative(Profile profile, String function) {
        long sum = 0;
        Profile.Samples samples = profile.samples();
        for (int i = 0; i < samples.count(); i++) {
            int[] stack = Arrays.copyOfRange(samples.location(), samples.stackStart()[i], samples.stackStart()[i + 1]);
            if (Arrays.stream(stack)
                    .anyMatch(location -> name(profile, location).equals(function))) {
                sum += samples.value(i, 0);
            }
        }
        return sum;
    }

    private static String name(Profile profile, int location) {
        Profile.Locations locations = profile.locations();
        int line = locations.lineStart()[location];
        return line == locations.lineStart()[location + 1]
                ? "0x" + Long.toHexString(locations.address()[location])
                : profile.functions().name()[locations.lineFunction()[line]];
    }

    private static String label(Profile profile, int sample, String key) {
        Profile.Samples samples = profile.samples();
        for (int at = samples.labelStart()[sample]; at < samples.labelStart()[sample + 1]; at++) {
            if (samples.labelKey()[at].equals(key)) {
                String text = samples.labelText()[at];
                return text == null ? Long.toString(samples.labelNumber()[at]) : text;
            }
        }
        return "";
    }

    private static List<String> labelTexts(Profile profile, String key) {
        return IntStream.range(0, profile.samples().count())
                .mapToObj(sample -> label(profile, sample, key))
                .distinct()
                .sorted()
                .toList();
    }

    private static List<Long> labelNumbers(Profile profile, String key) {
        return labelTexts(profile, key).stream().map(Long::valueOf).toList();
    }
}
