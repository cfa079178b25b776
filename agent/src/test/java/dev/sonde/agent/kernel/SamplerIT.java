package dev.sonde.agent.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sonde.agent.unwind.Unwinding;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real samples of real programs. */
@KernelTest
class SamplerIT {
    /** Three standard deviations of a share of one half of this many samples are 2.7 points. */
    private static final int SAMPLES = 3000;

    private static final Offset<Double> THREE_POINTS = within(3.0);

    @TempDir
    Path folder;

    @Test
    void sharesOfThreeFunctions() throws Exception {
        Path program = CProgram.compile(folder, "shares");
        Map<String, Integer> leaves = new HashMap<>();
        int[] wrong = {0};
        try (CProgram shares = CProgram.start(program);
                Sampler sampler = Sampler.open(SamplerOptions.targets(997));
                Unwinding unwinding = TestSampler.tables(sampler)) {
            sampler.start();
            sampler.addTarget(shares.pid());
            int[] total = {0};
            Polling.until(
                    sampler,
                    sample -> {
                        if (sample.userDepth() == 0) {
                            return;
                        }
                        total[0]++;
                        String leaf = shares.function(sample.userWord(0));
                        leaves.merge(leaf, 1, Integer::sum);
                        wrong[0] += isStackOfLeaf(sample, shares, leaf) ? 0 : 1;
                    },
                    () -> total[0] >= SAMPLES);
            assertThat(100.0 * leaves.get("half") / total[0]).isCloseTo(50, THREE_POINTS);
            assertThat(100.0 * leaves.get("third") / total[0]).isCloseTo(30, THREE_POINTS);
            assertThat(100.0 * leaves.get("fifth") / total[0]).isCloseTo(20, THREE_POINTS);
            // A leaf that has not pushed rbp yet hides its caller: two instructions in 100,000.
            assertThat(100.0 * wrong[0] / total[0]).isLessThan(0.5);
        }
    }

    private static boolean isStackOfLeaf(Sample sample, CProgram program, String leaf) {
        return sample.outcome() == StackOutcome.COMPLETE
                && sample.userDepth() >= 4
                && !leaf.isEmpty()
                && program.function(sample.userWord(1) - 1).equals("outer")
                && program.function(sample.userWord(2) - 1).equals("main")
                && sample.pid() == program.pid()
                && sample.tid() == program.pid()
                && sample.comm().equals("shares")
                && sample.processComm().equals("shares")
                && !sample.kernelThread()
                && sample.registers().byteSize() == Sample.REGISTERS_BYTES;
    }

    @Test
    void aSampleInTheKernelHasBothStacks() throws Exception {
        try (CProgram reader = CProgram.startSilent(
                        Path.of("/bin/sh"), "-c", "while :; do cat /proc/kallsyms; done >/dev/null");
                Sampler sampler = TestSampler.started(SamplerOptions.targets(997))) {
            sampler.addTarget(reader.pid());
            int[] both = {0};
            Polling.until(
                    sampler,
                    sample -> {
                        if (sample.inKernel() && sample.userDepth() > 0) {
                            assertThat(sample.kernelDepth()).isPositive();
                            assertThat(sample.kernelAddress(0))
                                    .as("kernel addresses are negative")
                                    .isNegative();
                            assertThat(sample.userWord(0)).isPositive();
                            both[0]++;
                        }
                    },
                    () -> both[0] >= 50);
        }
    }

    @Test
    void theStartOfAProcessIsTheOneOfProc() throws Exception {
        Path program = CProgram.compile(folder, "spin");
        try (CProgram spin = CProgram.start(program, "0");
                Sampler sampler = TestSampler.started(SamplerOptions.targets(997))) {
            sampler.addTarget(spin.pid());
            long[] start = {0};
            Polling.until(sampler, sample -> start[0] = sample.processStartNanos(), () -> start[0] != 0);
            // Field 22 of stat, behind the name in parentheses; in ticks of 10 ms.
            String stat = Files.readString(Path.of("/proc", Integer.toString(spin.pid()), "stat"));
            String ticks = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[19];
            assertThat(start[0] / 10_000_000).isEqualTo(Long.parseLong(ticks));
        }
    }

    @Test
    void aFullRingBufferIsCountedAndPassesOver() throws Exception {
        Path program = CProgram.compile(folder, "spin");
        try (CProgram spin = CProgram.start(program, "0");
                Sampler sampler = TestSampler.started(new SamplerOptions(997, 4096, true))) {
            sampler.addTarget(spin.pid());
            Polling.waitFor(() -> sampler.counters().lostRingFull() > 10);
            long written = sampler.counters().samples();
            int[] read = {0};
            sampler.poll(sample -> read[0]++);
            assertThat(read[0]).isPositive().isLessThanOrEqualTo((int) written);
            assertThat(sampler.counters().lost()).containsKeys("ring-full", "late-tick", "internal", "malformed");
            Polling.until(sampler, sample -> read[0]++, () -> read[0] > written);
            assertThat(sampler.counters().lostInternal()).isZero();
            assertThat(sampler.counters().malformed()).isZero();
        }
    }

    @Test
    void theWholeMachineIsSampledAndMapMemoryIsSmall() throws Exception {
        Path program = CProgram.compile(folder, "spin");
        try (CProgram spin = CProgram.start(program, "0");
                Sampler sampler = TestSampler.started(SamplerOptions.wholeMachine(99))) {
            boolean[] seen = {false};
            Polling.until(sampler, sample -> seen[0] |= sample.pid() == spin.pid(), () -> seen[0]);
            assertThat(sampler.counters().ticksFiltered()).isZero();
            assertThat(sampler.bpfMapBytes()).isBetween((long) SamplerOptions.DEFAULT_RING_BUFFER_BYTES, 2L << 20);
        }
    }

    @Test
    void aTargetThatIsNotThereIsRefused() throws Exception {
        try (Sampler sampler = TestSampler.started(SamplerOptions.targets(99))) {
            assertThatThrownBy(() -> sampler.addTarget(Integer.MAX_VALUE))
                    .isInstanceOf(SamplerException.class)
                    .hasMessageContaining("pid: 2147483647 (expected: a running process)");
        }
    }
}
