package dev.sonde.agent.kernel;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sonde.agent.kernel.code.MappedArea;
import dev.sonde.agent.unwind.Unwinding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Stacks that end before their root say why: programs whose frame pointers are not what they should be. */
@KernelTest
class StackOutcomeIT {
    private static final int SAMPLES = 50;

    /** No table for the program itself: its frames are followed by frame pointers. */
    private static final String NO_TABLE = "-fno-asynchronous-unwind-tables";

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "zero, NO_FRAME_POINTER, 1",
        "misaligned, NO_FRAME_POINTER, 1",
        "below, NO_FRAME_POINTER, 1",
        "loop, BROKEN_CHAIN, 2",
        "no-call, NO_CALL, 1",
        "kernel-address, NO_CALL, 1",
        "unmapped, NO_FRAME_POINTER, 1"
    })
    void brokenChains(String shape, StackOutcome expected, int depth) throws Exception {
        Path program = CProgram.compile(folder, "frames", NO_TABLE);
        Observed observed = observe(CProgram.start(program, shape));
        assertThat(observed.dominant()).isEqualTo(expected);
        assertThat(observed.depth.get(expected)).isEqualTo(depth);
    }

    @Test
    void dataIsNoCodeAndItsFileIsNotAskedFor() throws Exception {
        Path program = CProgram.compile(folder, "frames", NO_TABLE);
        int[] samples = {0};
        // The program last: only while it is young its samples bring their areas.
        try (Sampler sampler = Sampler.open(SamplerOptions.targets(997));
                Unwinding _ = TestSampler.tables(sampler);
                CProgram running = CProgram.start(program, "data-address")) {
            List<String> code = Files.readAllLines(Path.of("/proc/" + running.pid() + "/maps")).stream()
                    .filter(line -> line.contains(" r-xp "))
                    .map(line -> line.substring(0, line.indexOf(' ')))
                    .toList();
            sampler.start();
            sampler.addTarget(running.pid());
            Polling.until(
                    sampler,
                    sample -> {
                        if (!sample.inKernel() && sample.outcome() == StackOutcome.NOT_MAPPED && sample.areas() > 0) {
                            samples[0]++;
                            assertThat(sample.userDepth()).isEqualTo(1);
                            for (int i = 0; i < sample.areas(); i++) {
                                MappedArea area = sample.area(i);
                                assertThat(code)
                                        .contains(Long.toHexString(area.start()) + "-" + Long.toHexString(area.end()));
                            }
                        }
                    },
                    () -> samples[0] >= SAMPLES / 5);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"-fomit-frame-pointer", NO_TABLE})
    void aDeepStackIsWhole(String flag) throws Exception {
        Path program = CProgram.compile(folder, "frames", flag);
        Observed observed = observe(CProgram.start(program, "deep", "900"));
        assertThat(observed.dominant()).isEqualTo(StackOutcome.COMPLETE);
        // deep(900) to deep(0), broken, main, two of the C library, _start.
        assertThat(observed.depth.get(StackOutcome.COMPLETE)).isEqualTo(906);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-fomit-frame-pointer", NO_TABLE})
    void aStaticProgramsStackIsWhole(String flag) throws Exception {
        Path program = CProgram.compile(folder, "frames", "-static", flag);
        Observed observed = observe(CProgram.start(program, "deep", "5"));
        assertThat(observed.dominant()).isEqualTo(StackOutcome.COMPLETE);
        assertThat(observed.depth.get(StackOutcome.COMPLETE)).isEqualTo(11);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-fomit-frame-pointer", NO_TABLE})
    void signalsAreCrossedWhereNothingDescribesTheWayBack(String flag) throws Exception {
        Path program = CProgram.compile(folder, "frames", flag);
        Observed observed = observe(CProgram.start(program, "interrupted"));
        assertThat(observed.dominant()).isEqualTo(StackOutcome.COMPLETE);
        // deep(2) to deep(0), handler, what it returns to, kill, interrupt, broken, main, two of the C library, _start.
        assertThat(observed.depth.get(StackOutcome.COMPLETE)).isEqualTo(12);
    }

    @Test
    void aForkedChildsStackIsWhole() throws Exception {
        // Static, so that code that only the parent ran lies far enough away not to be mapped along with the child's.
        Path program = CProgram.compile(folder, "frames", "-static");
        Observed observed = observe(CProgram.start(program, "forked-afar", "5"));
        assertThat(observed.dominant()).isEqualTo(StackOutcome.COMPLETE);
        assertThat(observed.depth.get(StackOutcome.COMPLETE)).isEqualTo(12);
    }

    @Test
    void aForkedChildsStackEndsAtTheCallThatCannotBeChecked() throws Exception {
        Path program = CProgram.compile(folder, "frames", "-static", NO_TABLE);
        Observed observed = observe(CProgram.start(program, "forked-afar", "5"));
        assertThat(observed.dominant()).isEqualTo(StackOutcome.UNREADABLE);
        // deep(5) to deep(0) and broken; the child has not run what called it.
        assertThat(observed.depth.get(StackOutcome.UNREADABLE)).isEqualTo(7);
    }

    @Test
    void aStackIsWholeWhenTheFirstThreadHasEnded() throws Exception {
        // Compiled anew: nobody else runs it, so that its table can only come by way of the thread that is left.
        Path program = CProgram.compile(folder, "leaderless", "-fomit-frame-pointer", "-pthread");
        Observed observed = observe(CProgram.start(program));
        assertThat(observed.dominant()).isEqualTo(StackOutcome.COMPLETE);
        // spin, work, run, and two of the C library.
        assertThat(observed.depth.get(StackOutcome.COMPLETE)).isEqualTo(5);
    }

    @Test
    void eachAreaOfAStackThatComesBackToItsFilesIsToldOnce() throws Exception {
        String[] libraries = new String[6];
        for (int i = 0; i < libraries.length; i++) {
            Path library = CProgram.compile(folder, "chain", "-shared", "-fPIC", "-DLIBRARY", "-Wl,-soname,chain" + i);
            libraries[i] =
                    Files.move(library, folder.resolve("chain" + i + ".so")).toString();
        }
        Path program = CProgram.compile(folder, "chain");
        int[] samples = {0};
        // The program last: only while it is young its samples bring their areas.
        try (Sampler sampler = Sampler.open(SamplerOptions.targets(997));
                Unwinding _ = TestSampler.tables(sampler);
                CProgram running = CProgram.start(program, libraries)) {
            sampler.start();
            sampler.addTarget(running.pid());
            Polling.until(
                    sampler,
                    sample -> {
                        if (!sample.inKernel() && sample.outcome() == StackOutcome.COMPLETE && sample.areas() > 0) {
                            samples[0]++;
                            // The libraries, the program and the C library.
                            assertThat(IntStream.range(0, sample.areas())
                                            .mapToObj(i -> sample.area(i).start()))
                                    .doesNotHaveDuplicates()
                                    .hasSize(8);
                        }
                    },
                    () -> samples[0] >= SAMPLES / 5);
        }
    }

    @Test
    void aStackDeeperThanTheLimitIsCut() throws Exception {
        Path program = CProgram.compile(folder, "frames");
        Observed observed = observe(CProgram.start(program, "deep", "1100"));
        assertThat(observed.dominant()).isEqualTo(StackOutcome.DEPTH_LIMIT);
        assertThat(observed.depth.get(StackOutcome.DEPTH_LIMIT)).isEqualTo(1024);
    }

    @Test
    void withoutATableYetTheLeafIsAllThereIs() throws Exception {
        Path program = CProgram.compile(folder, "frames");
        Observed observed = new Observed(new EnumMap<>(StackOutcome.class), new EnumMap<>(StackOutcome.class));
        try (CProgram running = CProgram.start(program, "deep", "5");
                Sampler sampler = TestSampler.started(SamplerOptions.targets(997))) {
            sampler.addTarget(running.pid());
            observed.collect(sampler);
        }
        assertThat(observed.dominant()).isEqualTo(StackOutcome.TABLE_PENDING);
        assertThat(observed.depth.get(StackOutcome.TABLE_PENDING)).isEqualTo(1);
    }

    @Test
    void withoutATableTheSampleBringsItsStackToTheEnd() throws Exception {
        Path program = CProgram.compile(folder, "frames");
        List<long[]> copies = new ArrayList<>();
        try (CProgram running = CProgram.start(program, "deep", "5");
                Sampler sampler = TestSampler.started(SamplerOptions.targets(997))) {
            sampler.addTarget(running.pid());
            // Between the arguments' addresses and the arguments the kernel leaves up to two pages that nobody touches.
            long argumentCount = stackStart(running.pid());
            long end = stackEnd(running.pid());
            Polling.until(
                    sampler,
                    sample -> {
                        if (sample.stackBytes() > 0) {
                            copies.add(new long[] {
                                sample.registers().get(JAVA_LONG, 8L * 19),
                                sample.stackStart(),
                                sample.stackStart() + sample.stackBytes()
                            });
                        }
                    },
                    () -> copies.size() >= SAMPLES);
            assertThat(copies).allSatisfy(copy -> {
                assertThat(copy[0] - copy[1])
                        .as("the stack pointer, from the start on")
                        .isBetween(0L, 128L);
                assertThat(copy[2]).as("the end of the copy").isBetween(argumentCount, end);
            });
            assertThat(sampler.counters().stackCopies().taken()).isGreaterThanOrEqualTo(copies.size());
        }
    }

    @Test
    void whatIsNotCopiedIsCountedAndComesWithoutItsStack() throws Exception {
        Path program = CProgram.compile(folder, "frames");
        SamplerOptions options = new SamplerOptions(997, 1 << 20, true, new SamplerOptions.StackCopies(3, 4096));
        int[] without = {0};
        try (CProgram running = CProgram.start(program, "deep", "5");
                Sampler sampler = TestSampler.started(options)) {
            sampler.addTarget(running.pid());
            Polling.until(
                    sampler, sample -> without[0] += sample.stackBytes() == 0 ? 1 : 0, () -> without[0] >= SAMPLES);
            sampler.stop();
            SamplerCounters.StackCopies copies = sampler.counters().stackCopies();
            // A page does not hold header, frames and the two pages that the program's stack takes.
            assertThat(copies.taken()).isZero();
            assertThat(copies.ringFull()).isPositive();
            assertThat(copies.limited()).isPositive();
            assertThat(sampler.counters().lost()).containsEntry("ring-full", 0L).containsEntry("internal", 0L);
        }
    }

    /** Where the first thread's stack ends, as the kernel shows it. */
    private static long stackEnd(int pid) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + pid + "/maps")).stream()
                .filter(line -> line.endsWith("[stack]"))
                .mapToLong(line -> Long.parseUnsignedLong(line.substring(line.indexOf('-') + 1, line.indexOf(' ')), 16))
                .findFirst()
                .orElseThrow();
    }

    /** Where the kernel put the number of arguments: the 28th field (proc_pid_stat(5)); the name is the second. */
    private static long stackStart(int pid) throws IOException {
        String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
        return Long.parseUnsignedLong(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[25]);
    }

    @Test
    void a32BitProgramIsRecognised() throws Exception {
        Path program = CProgram.compile(folder, "compat", "-m32", "-nostdlib", "-static", "-ffreestanding", "-fno-pie");
        Observed observed = observe(CProgram.startSilent(program));
        assertThat(observed.dominant()).isEqualTo(StackOutcome.COMPAT_32BIT);
    }

    /** How often each outcome came, and how deep the last stack of each was. */
    private record Observed(Map<StackOutcome, Integer> count, Map<StackOutcome, Integer> depth) {
        StackOutcome dominant() {
            return count.entrySet().stream()
                    .max(Map.Entry.comparingByValue())
                    .orElseThrow()
                    .getKey();
        }

        void collect(Sampler sampler) {
            int[] samples = {0};
            Polling.until(
                    sampler,
                    sample -> {
                        if (!sample.inKernel()) {
                            count.merge(sample.outcome(), 1, Integer::sum);
                            depth.put(sample.outcome(), sample.userDepth());
                            samples[0]++;
                        }
                    },
                    () -> samples[0] >= SAMPLES);
        }
    }

    private static Observed observe(CProgram program) throws SamplerException, IOException {
        Observed observed = new Observed(new EnumMap<>(StackOutcome.class), new EnumMap<>(StackOutcome.class));
        try (program;
                Sampler sampler = Sampler.open(SamplerOptions.targets(997));
                Unwinding unwinding = TestSampler.tables(sampler)) {
            sampler.start();
            sampler.addTarget(program.pid());
            observed.collect(sampler);
        }
        return observed;
    }
}
