package dev.sonde.agent.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sonde.agent.kernel.sys.CpuList;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** CPUs that come and go; the list of online CPUs is a file of the test's, the events are real. */
@KernelTest
class PerfEventsIT {
    @TempDir
    Path folder;

    @Test
    void eventsFollowTheOnlineCpus() throws Exception {
        assumeTrue(CpuList.read(CpuList.ONLINE).get(1), "one CPU only");
        Path online = Files.writeString(folder.resolve("online"), "0\n");
        try (Sampler sampler = Sampler.open(SamplerOptions.wholeMachine(19), online)) {
            sampler.start();
            assertThat(cpus(sampler)).containsExactly(0);
            Files.writeString(online, "0-1\n");
            sampler.refreshCpus();
            assertThat(cpus(sampler)).containsExactly(0, 1);
            Files.writeString(online, "1\n");
            sampler.refreshCpus();
            assertThat(cpus(sampler)).containsExactly(0, 1);
            EventTimes.CpuTime gone = sampler.eventTimes().cpus().get(0);
            assertThat(gone.runningNanos()).isPositive();
            assertThat(sampler.eventTimes().cpus().get(0)).as("stands still").isEqualTo(gone);
            Files.writeString(online, "0-1\n");
            sampler.refreshCpus();
            assertThat(sampler.eventTimes().cpus().get(0).runningNanos()).isGreaterThan(gone.runningNanos());
        }
    }

    @Test
    void anUnreadableListIsSaid() throws Exception {
        Path online = Files.writeString(folder.resolve("online"), "none\n");
        try (Sampler sampler = Sampler.open(SamplerOptions.wholeMachine(19), online)) {
            assertThatThrownBy(sampler::start)
                    .isInstanceOf(SamplerException.class)
                    .hasMessageContaining("\"none\" (expected: numbers and ranges");
        }
    }

    private static List<Integer> cpus(Sampler sampler) {
        return sampler.eventTimes().cpus().stream().map(EventTimes.CpuTime::cpu).toList();
    }
}
