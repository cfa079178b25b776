package dev.sonde.agent.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Only the targets are sampled, and their children from birth. */
@KernelTest
class TargetsIT {
    @TempDir
    Path folder;

    @Test
    void childrenAndTheirsAreFollowed() throws Exception {
        Path forks = CProgram.compile(folder, "forks");
        Path spin = CProgram.compile(folder, "spin");
        try (CProgram target = CProgram.start(forks, "3");
                CProgram other = CProgram.start(spin, "0");
                Sampler sampler = TestSampler.started(SamplerOptions.targets(997))) {
            sampler.addTarget(target.pid());
            Set<Integer> sampled = new HashSet<>();
            target.writeLine();
            List<String> children = target.readUntil("done");
            Polling.until(sampler, sample -> sampled.add(sample.pid()), () -> sampled.contains(target.pid()));
            Set<Integer> expected = new HashSet<>(Set.of(target.pid()));
            children.forEach(line -> expected.add(Integer.valueOf(line.substring("child ".length()))));
            assertThat(expected).hasSize(7);
            assertThat(sampled).isEqualTo(expected).doesNotContain(other.pid());
            assertThat(sampler.counters().ticksFiltered()).isPositive();
            assertThat(sampler.counters().targetsFull()).isZero();
        }
    }

    @Test
    void aCommandIsSampledWithoutItsStarter() throws Exception {
        Path forks = CProgram.compile(folder, "forks");
        try (Sampler sampler = TestSampler.started(SamplerOptions.targets(997))) {
            sampler.addTargetChildren(ProcessHandle.current().pid());
            try (CProgram command = CProgram.start(forks, "1")) {
                Set<Integer> sampled = new HashSet<>();
                command.writeLine();
                command.readUntil("done");
                Polling.until(sampler, sample -> sampled.add(sample.pid()), () -> sampled.contains(command.pid()));
                assertThat(sampled).hasSize(3).doesNotContain((int)
                        ProcessHandle.current().pid());
            }
        }
    }

    @Test
    void livingDescendantsOfATargetAreTargets() throws Exception {
        Path spin = CProgram.compile(folder, "spin");
        try (CProgram shell = CProgram.start(Path.of("/bin/sh"), "-c", spin + " 0 & wait");
                Sampler sampler = TestSampler.started(SamplerOptions.targets(997))) {
            int child = (int) ProcessHandle.of(shell.pid())
                    .orElseThrow()
                    .descendants()
                    .findFirst()
                    .orElseThrow()
                    .pid();
            sampler.addTarget(shell.pid());
            Set<Integer> sampled = new HashSet<>();
            try {
                Polling.until(sampler, sample -> sampled.add(sample.pid()), () -> sampled.contains(child));
            } finally {
                ProcessHandle.of(child).ifPresent(ProcessHandle::destroyForcibly);
            }
        }
    }
}
