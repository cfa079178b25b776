package dev.sonde.agent.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.sonde.agent.count.Counts;
import dev.sonde.model.FrameKind;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class AggregatorTest {

    private static final long SECOND = 1_000_000_000L;
    private static final long WALL = 1_800_000_000L * SECOND;
    private static final List<String> TRUNCATIONS = List.of("complete", "no-call", "depth-limit");

    private final SetClocks clocks = new SetClocks(0, WALL);
    private final Counts<Drop> drops = new Counts<>(Drop.class);
    private final TextResolver resolver = new TextResolver();
    private final RawSample raw = new RawSample();

    /** What was handed on: a line "window start, series, thread, stack" with its count. */
    private final Map<String, Long> counted = new TreeMap<>();

    private final List<Long> starts = new ArrayList<>();

    private Aggregator<String> aggregator(WindowLimits limits) {
        return new Aggregator<>(
                new AlignedWindows(clocks, Duration.ofSeconds(10), Duration.ofSeconds(10)),
                resolver,
                TRUNCATIONS,
                limits,
                drops,
                this::take);
    }

    private void take(Window<String> window) {
        starts.add(window.startWallNanos());
        for (int i = 0; i < window.size(); i++) {
            StringBuilder line = new StringBuilder()
                    .append((window.startWallNanos() - WALL) / SECOND)
                    .append(' ')
                    .append(window.series(window.seriesOf(i)).get("service"))
                    .append(' ')
                    .append(window.labelsOf(i).thread());
            for (int frame = 0; frame < window.depthOf(i); frame++) {
                line.append(' ')
                        .append(window.location(window.locationOf(i, frame))
                                .lines()
                                .getFirst()
                                .function()
                                .name());
            }
            Long before = counted.put(line.toString(), window.countOf(i));
            assertThat(before).as("%s twice in one window", line).isNull();
        }
    }

    private void add(
            Aggregator<String> to, long seconds, String process, String thread, int truncation, long... addresses) {
        ByteBuffer name = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
        name.put(thread.getBytes(StandardCharsets.UTF_8)).rewind();
        raw.begin(0, 0, name.getLong(), name.getLong(), truncation);
        for (long address : addresses) {
            if (address < 0) {
                raw.addKernelFrame(address);
            } else {
                raw.addUserFrame(address);
            }
        }
        to.add(seconds * SECOND, raw, process);
    }

    @Test
    void callersAreLookedUpInsideTheirCallAndProgramCountersAsTheyAre() {
        Aggregator<String> aggregator = aggregator(WindowLimits.AGENT);
        add(aggregator, 1, "api", "main", 0, -10, -20, 100, 200, 300);
        aggregator.finish();
        assertThat(counted).containsOnlyKeys("0 api main k-10 k-21 u100 u199 u299");
    }

    @Test
    void truncatedStacksSayWhyAtTheirRoot() {
        Aggregator<String> aggregator = aggregator(WindowLimits.AGENT);
        add(aggregator, 1, "api", "main", 0, 100);
        add(aggregator, 1, "api", "main", 1, 100);
        add(aggregator, 1, "api", "main", 2);
        aggregator.finish();
        assertThat(counted)
                .containsOnly(
                        Map.entry("0 api main u100", 1L),
                        Map.entry("0 api main u100 [truncated: no-call]", 1L),
                        Map.entry("0 api main [truncated: depth-limit]", 1L));
    }

    @Test
    void processesOfOneSeriesMeetAndThreadsOfDifferentNamesDoNot() {
        Aggregator<String> aggregator = aggregator(WindowLimits.AGENT);
        add(aggregator, 1, "api#1", "worker", 0, 100, 200);
        add(aggregator, 2, "api#2", "worker", 0, 100, 200);
        add(aggregator, 3, "api#2", "main", 0, 100, 200);
        add(aggregator, 3, "db", "main", 0, 100, 200);
        aggregator.finish();
        assertThat(counted)
                .containsOnly(
                        Map.entry("0 api worker u100 u199", 2L),
                        Map.entry("0 api main u100 u199", 1L),
                        Map.entry("0 db main u100 u199", 1L));
    }

    @Test
    void aStackIsResolvedOnceAWindow() {
        Aggregator<String> aggregator = aggregator(WindowLimits.AGENT);
        for (int i = 0; i < 100; i++) {
            add(aggregator, 1, "api", "main", 0, 100, 200);
        }
        assertThat(resolver.resolved()).isEqualTo(2);
        add(aggregator, 11, "api", "main", 0, 100, 200);
        assertThat(resolver.resolved()).isEqualTo(4);
    }

    @Test
    void samplesGoToTheWindowOfTheirTimeThoughTheyComeInAnotherOrder() {
        Aggregator<String> aggregator = aggregator(WindowLimits.AGENT);
        add(aggregator, 9, "api", "main", 0, 100);
        add(aggregator, 10, "api", "main", 0, 100);
        add(aggregator, 9, "api", "main", 0, 100);
        aggregator.closeThrough(10 * SECOND);
        add(aggregator, 9, "api", "main", 0, 100);
        aggregator.finish();
        assertThat(counted).containsOnly(Map.entry("0 api main u100", 2L), Map.entry("10 api main u100", 1L));
        assertThat(drops.get(Drop.WINDOW_CLOSED)).isEqualTo(1);
    }

    @Test
    void aBorderBelongsToTheNextWindow() {
        Aggregator<String> aggregator = aggregator(WindowLimits.AGENT);
        raw.begin(0, 0, 0, 0, 0);
        aggregator.add(10 * SECOND - 1, raw, "last");
        aggregator.add(10 * SECOND, raw, "first");
        aggregator.finish();
        assertThat(counted).containsOnlyKeys("0 last ", "10 first ");
    }

    @Test
    void afterAPauseEveryWindowInBetweenIsClosed() {
        Aggregator<String> aggregator = aggregator(WindowLimits.AGENT);
        add(aggregator, 1, "api", "main", 0, 100);
        clocks.advanceTo(95 * SECOND);
        add(aggregator, 35, "api", "main", 0, 100);
        add(aggregator, 94, "api", "main", 0, 100);
        aggregator.closeThrough(94 * SECOND);
        aggregator.finish();
        assertThat(counted).containsOnlyKeys("0 api main u100", "30 api main u100", "90 api main u100");
        assertThat(starts).hasSize(10).isSorted();
    }

    @Test
    void whatIsBeyondTheBudgetIsCountedAsLost() {
        Aggregator<String> stacks = aggregator(new WindowLimits(200_000));
        for (int address = 1; address <= 5_000; address++) {
            add(stacks, 1, "api", "main", 0, address);
            add(stacks, 1, "api", "main", 0, 1);
        }
        stacks.finish();
        assertThat(drops.get(Drop.WINDOW_FULL)).isBetween(3_000L, 4_999L);
        assertThat(counted).as("what was known before still counts").containsEntry("0 api main u1", 5_001L);
        assertThat(counted.values().stream().mapToLong(Long::longValue).sum() + drops.get(Drop.WINDOW_FULL))
                .isEqualTo(10_000);
    }

    /** Of locations at addresses from here on. */
    private static final long MANY_LINES = 1L << 30;

    /** Stacks, frames, names, threads, processes, lines: each alone and all together, whatever the window before held. */
    @Test
    void allThatAWindowHoldsStaysWithinOneBudget() {
        WindowLimits limits = new WindowLimits(4 << 20);
        SampleResolver<String> longNames = new TextResolver() {
            @Override
            public CodeLocation user(String process, long address) {
                String name = (address & 1) == 0 ? "x".repeat(1_000) + address : "y" + address % 1_000;
                if (address >= MANY_LINES) {
                    CodeLocation.Function function = CodeLocation.Function.ofName("inlined");
                    return CodeLocation.ofLines(
                            CodeMapping.ofKind(FrameKind.JVM_C2),
                            IntStream.range(0, 200)
                                    .mapToObj(i -> new CodeLocation.Line(function, (int) address + i))
                                    .toList());
                }
                return CodeLocation.ofName(CodeMapping.ofKind(FrameKind.JIT), name);
            }
        };
        Window<String> window = new Window<>(longNames, TRUNCATIONS.toArray(String[]::new), limits, drops);
        MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
        long usedBefore = used(memory);
        long[] deep = new long[500];
        for (int shape = 0; shape < 7; shape++) {
            window.open(WindowSchedule.single(clocks).first());
            long lost = drops.get(Drop.WINDOW_FULL);
            for (int i = 0; drops.get(Drop.WINDOW_FULL) < lost + 10; i++) {
                Arrays.setAll(deep, frame -> 2L * frame + 1);
                deep[0] = 2L * i + (shape == 0 || shape == 5 ? 0 : 1);
                deep[0] += shape == 6 ? MANY_LINES : 0;
                int depth = shape == 1 || shape == 5 ? deep.length : 2;
                raw.begin(shape == 2 ? i : 0, 0, shape == 3 ? i : 0, 0, 0);
                for (int frame = 0; frame < depth; frame++) {
                    raw.addUserFrame(deep[frame]);
                }
                window.add(0, raw, shape == 4 || shape == 5 ? "p#" + i : "p");
            }
            assertThat(window.size()).as("samples of shape %d", shape).isGreaterThan(100);
            assertThat(window.bytes()).isBetween(limits.maxBytes() / 2, limits.maxBytes() + (1 << 20));
            assertThat(used(memory) - usedBefore).as("heap of shape %d", shape).isLessThan(limits.maxBytes() * 5 / 4);
        }
        assertThat(window.size()).isPositive();
    }

    private static long used(MemoryMXBean memory) {
        System.gc();
        return memory.getHeapMemoryUsage().getUsed();
    }

    /** A runtime that names its code some time after it runs. */
    @Test
    void aRecordingTakesNamesThatComeLater() {
        AtomicReference<String> name = new AtomicReference<>("[unknown]");
        SampleResolver<String> late = new TextResolver() {
            @Override
            public CodeLocation user(String process, long address) {
                return CodeLocation.ofName(CodeMapping.ofKind(FrameKind.JIT), name.get());
            }
        };
        Aggregator<String> recording = new Aggregator<>(
                WindowSchedule.single(clocks), late, TRUNCATIONS, WindowLimits.RECORDING, drops, this::take);
        add(recording, 0, "api", "main", 0, 100);
        name.set("compiled");
        add(recording, 0, "api", "main", 0, 100);
        add(recording, 1, "api", "main", 0, 100);
        add(recording, 2, "api", "main", 0, 100);
        recording.finish();
        assertThat(counted).containsOnly(Map.entry("0 api main [unknown]", 2L), Map.entry("0 api main compiled", 2L));
    }

    @Test
    void aStackThatIsKnownAllocatesNothing() {
        Aggregator<String> aggregator = aggregator(WindowLimits.AGENT);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long allocated = Long.MAX_VALUE;
        // The first rounds fill the tables; the measurement itself allocates now and then, so the least counts.
        for (int round = 0; round < 10; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 10_000; i++) {
                addKnown(aggregator, i % 50);
            }
            allocated = Math.min(allocated, threads.getCurrentThreadAllocatedBytes() - before);
        }
        assertThat(allocated).as("bytes for 10,000 samples").isLessThan(1000);
    }

    private void addKnown(Aggregator<String> to, int address) {
        raw.begin(0, 0, 1, 2, 0);
        raw.addKernelFrame(-address);
        raw.addUserFrame(address);
        raw.addUserFrame(address + 1);
        to.add(SECOND, raw, "api");
    }

    record In(int second, String process, String thread, int truncation, List<Integer> addresses) {}

    @Provide
    Arbitrary<List<In>> samples() {
        Arbitrary<In> sample = Combinators.combine(
                        Arbitraries.integers().between(0, 45),
                        Arbitraries.of("api#1", "api#2", "db"),
                        Arbitraries.of("main", "worker"),
                        Arbitraries.integers().between(0, 2),
                        Arbitraries.integers().between(1, 3).list().ofMaxSize(4))
                .as(In::new);
        return sample.list().ofMaxSize(300);
    }

    /** Every sample is in exactly one window under its own stack, or counted as dropped: against plain maps. */
    @Property(tries = 300)
    void sumInIsSumOutAndDrops(
            @ForAll("samples") List<In> samples,
            @ForAll @IntRange(min = 80_000, max = 120_000) int maxBytes,
            @ForAll boolean sorted) {
        counted.clear();
        Arrays.stream(Drop.values()).forEach(drop -> assertThat(drops.get(drop)).isGreaterThanOrEqualTo(0));
        long droppedBefore = dropped();
        List<In> order = new ArrayList<>(samples);
        if (sorted) {
            order.sort((a, b) -> Integer.compare(a.second, b.second));
        }
        Map<String, Long> expected = new TreeMap<>();
        Aggregator<String> aggregator = aggregator(new WindowLimits(maxBytes));
        for (In in : order) {
            long[] addresses =
                    in.addresses.stream().mapToLong(Integer::longValue).toArray();
            add(aggregator, in.second, in.process, in.thread, in.truncation, addresses);
            expected.merge(line(in), 1L, Long::sum);
        }
        aggregator.finish();
        long out = counted.values().stream().mapToLong(Long::longValue).sum();
        assertThat(out + dropped() - droppedBefore).isEqualTo(samples.size());
        counted.forEach(
                (line, count) -> assertThat(count).as(line).isLessThanOrEqualTo(expected.getOrDefault(line, 0L)));
        if (sorted && dropped() == droppedBefore) {
            assertThat(counted).isEqualTo(expected);
        }
    }

    private long dropped() {
        return Arrays.stream(Drop.values()).mapToLong(drops::get).sum();
    }

    private static String line(In in) {
        StringBuilder line = new StringBuilder()
                .append(in.second / 10 * 10)
                .append(' ')
                .append(in.process.replaceAll("#.*", ""))
                .append(' ')
                .append(in.thread);
        for (int i = 0; i < in.addresses.size(); i++) {
            line.append(" u").append(in.addresses.get(i) - (i == 0 ? 0 : 1));
        }
        return line.append(in.truncation == 0 ? "" : " [truncated: " + TRUNCATIONS.get(in.truncation) + "]")
                .toString();
    }
}
