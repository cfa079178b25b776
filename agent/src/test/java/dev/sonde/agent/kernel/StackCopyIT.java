package dev.sonde.agent.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sonde.agent.unwind.Unwinding;
import dev.sonde.agent.unwind.copied.CopiedStack;
import dev.sonde.agent.unwind.copied.CopiedStacks;
import dev.sonde.agent.unwind.copied.CopyEvent;
import dev.sonde.agent.unwind.copied.CopyLimits;
import dev.sonde.agent.unwind.copied.FinishedStack;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Programs that this machine never saw before: their first stacks are finished in user space. */
@KernelTest
class StackCopyIT {

    private static final String MILLIS = "300";

    @TempDir
    Path folder;

    /** How the stacks in user code ended: those of the kernel's own unwinder, and those of the host's. */
    private final Map<StackOutcome, Integer> inKernel = new EnumMap<>(StackOutcome.class);

    private final Map<StackOutcome, Integer> inUserSpace = new EnumMap<>(StackOutcome.class);
    private final List<FinishedStack> finished = new ArrayList<>();
    private final List<CopiedStack> waiting = new ArrayList<>();
    private final Map<Integer, Integer> inKernelDepths = new HashMap<>();
    private final Map<Integer, Integer> finishedDepths = new HashMap<>();

    private static final String[] FRESH = {"-O2", "-fomit-frame-pointer", "-fno-optimize-sibling-calls"};

    private Path compile(String... flags) throws Exception {
        List<String> all = new ArrayList<>(List.of(FRESH));
        all.add("-Wl,--build-id=0x" + Long.toHexString(new Random().nextLong() | 1L << 63));
        all.addAll(List.of(flags));
        return CProgram.compile(folder, "fresh", all.toArray(String[]::new));
    }

    /** Runs the fresh code as a library, which nobody sees before its first sample. */
    private CopiedStacks sampleLibrary(int hertz, String depth, String bytes) throws Exception {
        Path library = compile("-shared", "-fPIC", "-DLIBRARY");
        return sample(hertz, CProgram.compile(folder, "loader"), library.toString(), depth, bytes, MILLIS);
    }

    @Test
    void aProgramNeverSeenHasWholeStacks() throws Exception {
        CopiedStacks copies = sample(997, compile(), "40", "64", MILLIS);
        assertThat(sum(inKernel) + sum(inUserSpace)).isGreaterThan(150);
        assertThat(percentWhole())
                .as("in kernel %s, in user space %s; %s", inKernel, inUserSpace, counts(copies))
                .isGreaterThanOrEqualTo(95);
        // descend(40) to descend(0), work, run, main, two of the C library, _start.
        assertThat(usualDepth(inKernelDepths)).isEqualTo(47);
    }

    @Test
    void aLibraryNeverSeenHasWholeStacksFromItsFirstSample() throws Exception {
        CopiedStacks copies = sampleLibrary(997, "40", "64");
        assertThat(finished).as("copies: %s", counts(copies)).isNotEmpty();
        assertThat(inUserSpace).containsOnlyKeys(StackOutcome.COMPLETE);
        assertThat(percentWhole()).as("in kernel %s", inKernel).isGreaterThanOrEqualTo(95);
        // As above, by both unwinders.
        assertThat(usualDepth(inKernelDepths)).isEqualTo(47);
        assertThat(usualDepth(finishedDepths)).isEqualTo(47);
        // The library, the program, the C library; the linker is mapped, but not on the stack. The first sample may
        // come
        // before the library is entered.
        assertThat(finished)
                .filteredOn(stack -> stack.areas().size() != 3)
                .hasSizeLessThan(2)
                .allMatch(stack -> stack.areas().size() < 3);
    }

    @Test
    void aStackLargerThanItsCopySaysSo() throws Exception {
        CopiedStacks copies = sampleLibrary(199, "60", "1024");
        assertThat(inUserSpace).as("copies: %s", counts(copies)).containsOnlyKeys(StackOutcome.STACK_CUT);
        assertThat(finished).allMatch(stack -> stack.words().length > 25);
        assertThat(inKernel).containsKey(StackOutcome.COMPLETE);
    }

    @Test
    void stacksBeyondTheBoundAreNotTakenAndCounted() throws Exception {
        CopiedStacks copies = new CopiedStacks(new CopyLimits(2, 1 << 20, Duration.ofSeconds(1)), () -> {});
        int[] refused = {0};
        try (Sampler sampler = TestSampler.started(SamplerOptions.targets(997));
                CProgram running = CProgram.startSilent(compile(), "5", "64", MILLIS)) {
            sampler.addTarget(running.pid());
            Polling.until(
                    sampler,
                    sample -> {
                        if (sample.stackBytes() > 0) {
                            refused[0] += copies.offer(sample).isEmpty() ? 1 : 0;
                        }
                    },
                    () -> refused[0] > 0);
        }
        assertThat(copies.counts().get(CopyEvent.QUEUE_FULL)).isEqualTo(refused[0]);
    }

    private CopiedStacks sample(int hertz, Path program, String... arguments) throws Exception {
        try (Sampler sampler = Sampler.open(SamplerOptions.targets(hertz));
                Unwinding unwinding = TestSampler.tables(sampler)) {
            sampler.start();
            sampler.addTargetChildren(ProcessHandle.current().pid());
            CopiedStacks copies = unwinding.copies();
            String comm = program.getFileName().toString();
            try (CProgram running = CProgram.startSilent(program, arguments)) {
                Polling.until(
                        sampler,
                        sample -> {
                            // What runs before the program is this JVM's child, with its code.
                            if (sample.pid() == running.pid() && sample.comm().equals(comm)) {
                                take(sample, copies);
                            }
                        },
                        () -> {
                            endFinished(copies);
                            return !running.alive() && waiting.isEmpty();
                        });
            }
            return copies;
        }
    }

    private void take(Sample sample, CopiedStacks copies) {
        if (sample.stackBytes() > 0) {
            waiting.add(copies.offer(sample).orElseThrow());
        } else {
            inKernel.merge(sample.outcome(), 1, Integer::sum);
            inKernelDepths.merge(sample.userDepth(), 1, Integer::sum);
        }
    }

    private void endFinished(CopiedStacks copies) {
        long now = System.nanoTime();
        waiting.removeIf(stack -> {
            boolean ended = !copies.waits(stack, now);
            if (ended) {
                copies.end(stack)
                        .ifPresentOrElse(this::add, () -> inUserSpace.merge(StackOutcome.UNKNOWN, 1, Integer::sum));
            }
            return ended;
        });
    }

    private void add(FinishedStack stack) {
        finished.add(stack);
        finishedDepths.merge(stack.words().length, 1, Integer::sum);
        inUserSpace.merge(stack.outcome(), 1, Integer::sum);
    }

    private static int usualDepth(Map<Integer, Integer> depths) {
        return depths.entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .orElseThrow()
                .getKey();
    }

    private double percentWhole() {
        int whole =
                inKernel.getOrDefault(StackOutcome.COMPLETE, 0) + inUserSpace.getOrDefault(StackOutcome.COMPLETE, 0);
        return 100.0 * whole / (sum(inKernel) + sum(inUserSpace));
    }

    private static int sum(Map<StackOutcome, Integer> outcomes) {
        return outcomes.values().stream().mapToInt(Integer::intValue).sum();
    }

    private static String counts(CopiedStacks copies) {
        StringBuilder text = new StringBuilder();
        copies.counts()
                .forEach((event, count) ->
                        text.append(event).append(' ').append(count).append(' '));
        return text.toString();
    }
}
