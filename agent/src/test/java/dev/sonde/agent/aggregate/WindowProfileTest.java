package dev.sonde.agent.aggregate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sonde.agent.count.Counts;
import dev.sonde.agent.mapping.ExecutableFile;
import dev.sonde.agent.mapping.ExecutableFiles;
import dev.sonde.agent.mapping.MappingEvent;
import dev.sonde.agent.mapping.SymbolizerElfReader;
import dev.sonde.model.FrameKind;
import dev.sonde.model.Labels;
import dev.sonde.pprof.PprofWriter;
import dev.sonde.symbolizer.elf.LoadSegment;
import dev.sonde.symbolizer.symbolize.FrameLine;
import dev.sonde.wire.pprof.Label;
import dev.sonde.wire.pprof.Line;
import dev.sonde.wire.pprof.Location;
import dev.sonde.wire.pprof.Mapping;
import dev.sonde.wire.pprof.Profile;
import dev.sonde.wire.pprof.Sample;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reads profiles back by protobuf's own classes and by go tool pprof. */
class WindowProfileTest {

    private static final long PERIOD = 10_101_010;
    private static final long WALL = 1_800_000_000_000_000_000L;
    private static final long SECOND = 1_000_000_000L;

    private final SetClocks clocks = new SetClocks(0, WALL);
    private final ExecutableFile file = thisProgram("/opt/app/java");
    private final ExecutableFile library = thisProgram("/opt/app/lib/server/libjvm.so");
    private final LoadSegment text =
            file.segments().stream().filter(LoadSegment::executable).findFirst().orElseThrow();

    /** The file of this very process: java itself, whose ELF headers and build id are real. */
    private static ExecutableFile thisProgram(String path) {
        ExecutableFiles files =
                new ExecutableFiles(Path.of("/proc"), new SymbolizerElfReader(), 16, new Counts<>(MappingEvent.class));
        int pid = (int) ProcessHandle.current().pid();
        return files.ofProcess(pid, path, 0).orElseThrow();
    }

    /** All frames lie in one file. */
    private class Resolver implements SampleResolver<String> {
        private final ExecutableFile code;

        Resolver(ExecutableFile code) {
            this.code = code;
        }

        @Override
        public CodeMapping program(String process) {
            return CodeMapping.ofSegment(file, text);
        }

        @Override
        public Labels series(String process) {
            return Labels.of("service", process, "version", "1.2");
        }

        @Override
        public SampleLabels labels(String process, RawSample sample) {
            return sample.labels("app");
        }

        @Override
        public CodeLocation kernel(long address) {
            return CodeLocation.ofName(CodeMapping.ofKind(FrameKind.KERNEL), "do_syscall_64");
        }

        @Override
        public CodeLocation user(String process, long address) {
            return CodeLocation.ofAddress(CodeMapping.ofSegment(code, text), address);
        }
    }

    private Window<String> window() {
        return window(new Resolver(file));
    }

    private Window<String> window(Resolver resolver) {
        Window<String>[] closed = newArray();
        Aggregator<String> aggregator = new Aggregator<>(
                WindowSchedule.single(clocks),
                resolver,
                List.of("complete", "no-call"),
                WindowLimits.AGENT,
                new Counts<>(Drop.class),
                window -> closed[0] = window);
        RawSample raw = new RawSample();
        for (int i = 0; i < 30; i++) {
            raw.begin(4242, 4243 + i % 2, 0x6e69616d, 0, i < 10 ? 1 : 0);
            raw.addKernelFrame(-100);
            raw.addUserFrame(text.vaddr() + 0x10);
            raw.addUserFrame(text.vaddr() + 0x20);
            aggregator.add(i, raw, i < 20 ? "api" : "db");
        }
        aggregator.finish();
        return closed[0];
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // Java has no other way to an array of a generic type.
    private static Window<String>[] newArray() {
        return new Window[1];
    }

    private static Profile parse(byte[] pprof) throws IOException {
        return Profile.parseFrom(new GZIPInputStream(new ByteArrayInputStream(pprof)));
    }

    @Test
    void aSeriesHasItsSamplesInTheTermsOfTheElfFile() throws IOException {
        Window<String> window = window();
        Profile profile = parse(
                PprofWriter.write(new WindowProfile(PERIOD, LocationNames.none()).ofSeries(window, 0, 3 * SECOND)));

        assertThat(profile.getTimeNanos()).isEqualTo(WALL);
        assertThat(profile.getDurationNanos()).isEqualTo(3 * SECOND);
        assertThat(profile.getPeriod()).isEqualTo(PERIOD);
        assertThat(profile.getStringTable((int) profile.getDefaultSampleType())).isEqualTo("cpu");
        assertThat(profile.getSampleTypeList().stream()
                        .map(type -> profile.getStringTable((int) type.getType()) + "/"
                                + profile.getStringTable((int) type.getUnit())))
                .containsExactly("samples/count", "cpu/nanoseconds");

        assertThat(profile.getSampleList()).hasSize(4);
        assertThat(profile.getSampleList().stream()
                        .mapToLong(sample -> sample.getValue(0))
                        .sum())
                .isEqualTo(20);
        assertThat(profile.getSampleList())
                .allSatisfy(sample -> assertThat(sample.getValue(1)).isEqualTo(sample.getValue(0) * PERIOD));
        assertThat(stackOf(profile, profile.getSample(0)))
                .containsExactly(
                        "[kernel] do_syscall_64",
                        "/opt/app/java 0x" + Long.toHexString(text.vaddr() + 0x10),
                        "/opt/app/java 0x" + Long.toHexString(text.vaddr() + 0x1f),
                        "[truncated] [truncated: no-call]");
        Mapping mapping = profile.getMappingList().stream()
                .filter(each -> profile.getStringTable((int) each.getFilename()).equals("/opt/app/java"))
                .findFirst()
                .orElseThrow();
        assertThat(mapping.getId()).as("the program's mapping comes first").isEqualTo(1);
        assertThat(mapping.getMemoryStart()).isEqualTo(text.vaddr());
        assertThat(mapping.getMemoryLimit()).isEqualTo(text.vaddr() + text.memorySizeBytes());
        assertThat(mapping.getFileOffset()).isEqualTo(text.offset());
        assertThat(profile.getStringTable((int) mapping.getBuildId()))
                .isEqualTo(file.buildId().hex());
        assertThat(mapping.getHasFunctions()).isFalse();
    }

    /** A JVM's threads: the leaf in the kernel, all else in a library, nothing in the program itself. */
    @Test
    void theProgramIsTheFirstMappingThoughNoFrameLiesInIt() throws IOException {
        Window<String> window = window(new Resolver(library));
        WindowProfile profiles = new WindowProfile(PERIOD, LocationNames.none());
        for (var each : List.of(profiles.ofSeries(window, 1, SECOND), profiles.ofAll(window, SECOND))) {
            Profile profile = parse(PprofWriter.write(each));
            assertThat(profile.getMappingList().stream()
                            .map(mapping -> profile.getStringTable((int) mapping.getFilename())))
                    .startsWith("/opt/app/java")
                    .contains("/opt/app/lib/server/libjvm.so", "[kernel]");
        }
    }

    @Test
    void aSeriesProfileHasThreadLabelsAndNoNumbersOfProcesses() throws IOException {
        Profile profile =
                parse(PprofWriter.write(new WindowProfile(PERIOD, LocationNames.none()).ofSeries(window(), 1, SECOND)));
        assertThat(labelsOf(profile, profile.getSample(0)))
                .containsOnly(Map.entry("thread", "main"), Map.entry("thread_role", "app"));
    }

    @Test
    void aRecordingHasTheSeriesAsLabelsOfItsSamples() throws IOException {
        Profile profile =
                parse(PprofWriter.write(new WindowProfile(PERIOD, LocationNames.none()).ofAll(window(), SECOND)));
        assertThat(profile.getSampleList().stream()
                        .mapToLong(sample -> sample.getValue(0))
                        .sum())
                .isEqualTo(30);
        assertThat(labelsOf(profile, profile.getSample(0)))
                .containsOnly(
                        Map.entry("thread", "main"),
                        Map.entry("thread_role", "app"),
                        Map.entry("service", "api"),
                        Map.entry("version", "1.2"),
                        Map.entry("pid", "4242"),
                        Map.entry("tid", "4243"));
    }

    /** Java code: several methods at one address, each with its source and line. */
    @Test
    void aLocationHasAllItsLinesTheInnermostFirst() throws IOException {
        CodeLocation compiled = CodeLocation.ofLines(
                CodeMapping.ofKind(FrameKind.JVM_C2),
                List.of(
                        line("shop.Cart.price", "shop/Cart.price(I)J", "Cart.java", 12),
                        line("shop.Cart.total", "shop/Cart.total()J", "Cart.java", 40)));
        Window<String> window = window(new Resolver(file) {
            @Override
            public CodeLocation user(String process, long address) {
                return compiled;
            }
        });
        WindowProfile profiles = new WindowProfile(PERIOD, LocationNames.none());
        Profile profile = parse(PprofWriter.write(profiles.ofSeries(window, 1, SECOND)));
        Location location = profile.getLocation((int) profile.getSample(0).getLocationId(1) - 1);
        assertThat(location.getAddress()).isZero();
        Mapping mapping = profile.getMapping((int) location.getMappingId() - 1);
        assertThat(profile.getStringTable((int) mapping.getFilename())).isEqualTo("[jvm c2]");
        assertThat(mapping.getHasFunctions()).isTrue();
        assertThat(location.getLineList().stream().map(line -> textOf(profile, line)))
                .containsExactly(
                        "shop.Cart.price shop/Cart.price(I)J Cart.java:12",
                        "shop.Cart.total shop/Cart.total()J Cart.java:40");
    }

    private static CodeLocation.Line line(String name, String systemName, String source, int number) {
        return new CodeLocation.Line(new CodeLocation.Function(name, systemName, source), number);
    }

    private static String textOf(Profile profile, Line line) {
        var function = profile.getFunction((int) line.getFunctionId() - 1);
        return profile.getStringTable((int) function.getName())
                + " " + profile.getStringTable((int) function.getSystemName())
                + " " + profile.getStringTable((int) function.getFilename())
                + ":" + line.getLine();
    }

    @Test
    void everySampleTellsWhenItWasTaken() throws IOException {
        Window<String>[] closed = newArray();
        Aggregator<String> aggregator = new Aggregator<>(
                WindowSchedule.single(clocks),
                new Resolver(file),
                List.of("complete"),
                WindowLimits.AGENT,
                new Counts<>(Drop.class),
                window -> closed[0] = window);
        RawSample raw = new RawSample();
        List<Long> taken = new ArrayList<>();
        for (long millis = 0; millis < 70; millis++) {
            raw.begin(1, 1, 0x6e69616d, 0, 0);
            raw.addUserFrame(text.vaddr());
            aggregator.add(millis * 1_000_000 + 999_999, raw, "api");
            taken.add(millis);
        }
        aggregator.finish();
        Profile profile = parse(
                PprofWriter.write(new WindowProfile(PERIOD, LocationNames.none()).ofSeries(closed[0], 0, SECOND)));

        List<Long> told = new ArrayList<>();
        for (Sample sample : profile.getSampleList()) {
            List<Label> times = sample.getLabelList().stream()
                    .filter(label ->
                            profile.getStringTable((int) label.getKey()).equals("at"))
                    .toList();
            assertThat(times).hasSize((int) sample.getValue(0)).hasSizeLessThanOrEqualTo(32);
            times.forEach(label -> {
                assertThat(profile.getStringTable((int) label.getNumUnit())).isEqualTo("milliseconds");
                told.add(label.getNum());
            });
        }
        assertThat(told).containsExactlyInAnyOrderElementsOf(taken);
    }

    @Test
    void goToolPprofReadsNamesAndTotals(@TempDir Path directory) throws IOException, InterruptedException {
        Path go = Path.of("/usr/bin/go");
        assumeTrue(onPath("go"), "SKIPPED: no go on this machine (" + go + ")");
        LocationNames names = number -> List.of(new FrameLine("shop::pay(int)", "_ZN4shop3payEi"));
        Path pprof = Files.write(
                directory.resolve("x.pb.gz"),
                PprofWriter.write(new WindowProfile(PERIOD, names).ofAll(window(new Resolver(library)), SECOND)));
        Process process = new ProcessBuilder("go", "tool", "pprof", "-top", "-sample_index=samples", pprof.toString())
                .redirectErrorStream(true)
                .start();
        String top = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(top).isZero();
        assertThat(top)
                .contains("File: java")
                .contains("Type: samples")
                .contains("30, 100% of 30 total")
                .containsPattern("30\\s+100%\\s+100%\\s+30\\s+100%\\s+do_syscall_64")
                .containsPattern("30\\s+100%\\s+shop::pay")
                .containsPattern("10\\s+33\\.33%\\s+\\[truncated: no-call]");
    }

    private static boolean onPath(String program) {
        for (String directory : System.getenv().getOrDefault("PATH", "").split(":", -1)) {
            if (Files.isExecutable(Path.of(directory, program))) {
                return true;
            }
        }
        return false;
    }

    private static List<String> stackOf(Profile profile, Sample sample) {
        return sample.getLocationIdList().stream()
                .map(id -> profile.getLocation((int) (id - 1)))
                .map(location -> textOf(profile, location))
                .toList();
    }

    private static String textOf(Profile profile, Location location) {
        Mapping mapping = profile.getMapping((int) location.getMappingId() - 1);
        String file = profile.getStringTable((int) mapping.getFilename());
        if (location.getLineCount() == 0) {
            return file + " 0x" + Long.toHexString(location.getAddress());
        }
        assertThat(location.getAddress()).isZero();
        var function = profile.getFunction((int) location.getLine(0).getFunctionId() - 1);
        return file + " " + profile.getStringTable((int) function.getName());
    }

    /** All but the times. */
    private static Map<String, String> labelsOf(Profile profile, Sample sample) {
        Map<String, String> labels = new TreeMap<>();
        for (Label label : sample.getLabelList()) {
            String text = profile.getStringTable((int) label.getStr());
            if (profile.getStringTable((int) label.getKey()).equals("at")) {
                continue;
            }
            labels.put(
                    profile.getStringTable((int) label.getKey()),
                    text.isEmpty() ? Long.toString(label.getNum()) : text);
        }
        return labels;
    }
}
