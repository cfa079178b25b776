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
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Programs that this machine never saw before: their first stacks are finished in user space. */
@KernelTest
class StackCopyIT {

    private static final int HERTZ = 997;
    private static final String MILLIS = "300";

    @TempDir
    Path folder;

    private Path program;

    /** How the stacks in user code ended: those of the kernel's own unwinder, and those of the host's. */
    private final Map<StackOutcome, Integer> inKernel = new EnumMap<>(StackOutcome.class);

    private final Map<StackOutcome, Integer> inUserSpace = new EnumMap<>(StackOutcome.class);
    private final List<FinishedStack> finished = new ArrayList<>();
    private final List<CopiedStack> waiting = new ArrayList<>();
    private final Map<Integer, Integer> inKernelDepths = new HashMap<>();
    private final Map<Integer, Integer> finishedDepths = new HashMap<>();

    @BeforeEach
    void compile() throws Exception {
        String buildId = "0x" + Long.toHexString(new Random().nextLong() | 1L << 63);
        program = CProgram.compile(
                folder,
                "fresh",
                "-O2",
                "-fomit-frame-pointer",
                "-fno-optimize-sibling-calls",
                "-Wl,--build-id=" + buildId);
    }

    @Test
    void allStacksOfAProgramNeverSeenReachTheRoot() throws Exception {
        CopiedStacks copies = sample("40", "64");
        assertThat(finished).as("copies: %s", counts(copies)).isNotEmpty();
        assertThat(complete(inUserSpace))
                .as("of those finished: %s", inUserSpace)
                .isGreaterThanOrEqualTo(95);
        int all = sum(inKernel) + sum(inUserSpace);
        assertThat(all).isGreaterThan(150);
        int whole =
                inKernel.getOrDefault(StackOutcome.COMPLETE, 0) + inUserSpace.getOrDefault(StackOutcome.COMPLETE, 0);
        assertThat(100.0 * whole / all)
                .as("in kernel %s, in user space %s", inKernel, inUserSpace)
                .isGreaterThanOrEqualTo(95);
        // descend(40) to descend(0), work, main, two of the C library, _start; by both unwinders.
        int usual = usualDepth(inKernelDepths);
        assertThat(usual).isEqualTo(46);
        assertThat(usualDepth(finishedDepths)).isEqualTo(usual);
        assertThat(finished).allMatch(stack -> stack.areas().size() >= 3);
    }

    @Test
    void aStackLargerThanItsCopySaysSo() throws Exception {
        CopiedStacks copies = sample("60", "1024");
        assertThat(inUserSpace).as("copies: %s", counts(copies)).containsKey(StackOutcome.STACK_CUT);
        assertThat(inKernel).containsKey(StackOutcome.COMPLETE);
        int cut = inUserSpace.get(StackOutcome.STACK_CUT);
        assertThat(finished.stream().filter(stack -> stack.outcome() == StackOutcome.STACK_CUT))
                .hasSize(cut)
                .allMatch(stack -> stack.addresses().length > 25);
    }

    @Test
    void stacksBeyondTheBoundAreNotTakenAndCounted() throws Exception {
        CopiedStacks copies = new CopiedStacks(new CopyLimits(2, 1 << 20, Duration.ofSeconds(1)));
        int[] refused = {0};
        try (Sampler sampler = TestSampler.started(SamplerOptions.targets(HERTZ));
                CProgram running = start(sampler, "5", "64")) {
            Polling.until(
                    sampler,
                    sample -> {
                        if (sample.stackBytes() > 0) {
                            refused[0] += copies.offer(sample).isEmpty() ? 1 : 0;
                        }
                    },
                    () -> refused[0] > 0);
            assertThat(running.pid()).isPositive();
        }
        assertThat(copies.counts().get(CopyEvent.QUEUE_FULL)).isEqualTo(refused[0]);
    }

    private CProgram start(Sampler sampler, String depth, String bytes) throws Exception {
        sampler.addTargetChildren(ProcessHandle.current().pid());
        return CProgram.startSilent(program, depth, bytes, MILLIS);
    }

    private CopiedStacks sample(String depth, String bytes) throws Exception {
        try (Sampler sampler = Sampler.open(SamplerOptions.targets(HERTZ));
                Unwinding unwinding = TestSampler.tables(sampler)) {
            sampler.start();
            CopiedStacks copies = unwinding.copies();
            try (CProgram running = start(sampler, depth, bytes)) {
                Polling.until(sampler, sample -> take(sample, running.pid(), copies), () -> {
                    endFinished(copies);
                    return !running.alive() && waiting.isEmpty();
                });
            }
            return copies;
        }
    }

    private void take(Sample sample, int pid, CopiedStacks copies) {
        // What runs before the program is this JVM's child, with its code.
        if (sample.pid() != pid || sample.kernelThread() || !sample.comm().equals("fresh")) {
            return;
        }
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
        finishedDepths.merge(stack.addresses().length, 1, Integer::sum);
        inUserSpace.merge(stack.outcome(), 1, Integer::sum);
    }

    private static int usualDepth(Map<Integer, Integer> depths) {
        return depths.entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .orElseThrow()
                .getKey();
    }

    private static double complete(Map<StackOutcome, Integer> outcomes) {
        return 100.0 * outcomes.getOrDefault(StackOutcome.COMPLETE, 0) / sum(outcomes);
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
