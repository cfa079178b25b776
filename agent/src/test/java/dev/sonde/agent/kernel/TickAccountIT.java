package dev.sonde.agent.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sonde.agent.kernel.sys.CpuList;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No tick gets lost without being counted: busy CPUs give running time x hertz. */
@KernelTest
class TickAccountIT {
    private static final int HERTZ = 199;
    private static final long TICKS = 2000;

    @TempDir
    Path folder;

    @Test
    void samplesAndLossesAreTheRunningTimeTimesHertz() throws Exception {
        Path program = CProgram.compile(folder, "spin");
        BitSet online = CpuList.read(CpuList.ONLINE);
        List<CProgram> spinning = new ArrayList<>();
        try {
            for (int cpu = online.nextSetBit(0); cpu >= 0; cpu = online.nextSetBit(cpu + 1)) {
                spinning.add(CProgram.start(program, Integer.toString(cpu)));
            }
            try (Sampler sampler = TestSampler.started(SamplerOptions.wholeMachine(HERTZ))) {
                long[] read = {0};
                Polling.until(sampler, sample -> read[0]++, () -> read[0] >= TICKS);
                sampler.stop();
                EventTimes times = sampler.eventTimes();
                SamplerCounters counters = sampler.counters();
                long accounted = counters.samples() + counters.lostRingFull() + counters.ticksLate();
                double expected = times.runningNanos() / (1e9 / HERTZ);
                assertThat(accounted / expected).isCloseTo(1, within(0.01));
                assertThat(counters.ticks()).isEqualTo(counters.samples() + counters.lostRingFull());
                assertThat(counters.dueUnreadable()).isZero();
            }
        } finally {
            spinning.forEach(CProgram::close);
        }
    }
}
