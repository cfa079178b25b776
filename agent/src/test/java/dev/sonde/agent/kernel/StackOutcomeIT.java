package dev.sonde.agent.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Stacks that end before their root say why: programs whose frame pointers are not what they should be. */
@KernelTest
class StackOutcomeIT {
    private static final int SAMPLES = 50;

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
        "unmapped, UNREADABLE, 1"
    })
    void brokenChains(String shape, StackOutcome expected, int depth) throws Exception {
        Path program = CProgram.compile(folder, "frames");
        Observed observed = observe(CProgram.start(program, shape));
        assertThat(observed.dominant()).isEqualTo(expected);
        assertThat(observed.depth.get(expected)).isEqualTo(depth);
    }

    @Test
    void aDeepStackIsWhole() throws Exception {
        Path program = CProgram.compile(folder, "frames");
        Observed observed = observe(CProgram.start(program, "deep", "500"));
        assertThat(observed.dominant()).isEqualTo(StackOutcome.COMPLETE);
        // deep(500) to deep(0), broken, main and what called it.
        assertThat(observed.depth.get(StackOutcome.COMPLETE)).isEqualTo(504);
    }

    @Test
    void aStaticProgramsStackIsWhole() throws Exception {
        Path program = CProgram.compile(folder, "frames", "-static");
        Observed observed = observe(CProgram.start(program, "deep", "5"));
        assertThat(observed.dominant()).isEqualTo(StackOutcome.COMPLETE);
    }

    @Test
    void aForkedChildsStackIsWhole() throws Exception {
        // Static, so that code that only the parent ran lies far enough away not to be mapped along with the child's.
        Path program = CProgram.compile(folder, "frames", "-static");
        Observed observed = observe(CProgram.start(program, "forked", "5"));
        assertThat(observed.dominant()).isEqualTo(StackOutcome.COMPLETE);
        // deep(5) to deep(0), broken and main; what called main is known by its code only.
        assertThat(observed.depth.get(StackOutcome.COMPLETE)).isBetween(8, 9);
    }

    @Test
    void aForkedChildsStackEndsAtTheCallThatCannotBeChecked() throws Exception {
        Path program = CProgram.compile(folder, "frames", "-static");
        Observed observed = observe(CProgram.start(program, "forked-afar", "5"));
        assertThat(observed.dominant()).isEqualTo(StackOutcome.UNREADABLE);
        // deep(5) to deep(0) and broken; the child has not run what called it.
        assertThat(observed.depth.get(StackOutcome.UNREADABLE)).isEqualTo(7);
    }

    @Test
    void aStackDeeperThanTheLimitIsCut() throws Exception {
        Path program = CProgram.compile(folder, "frames");
        Observed observed = observe(CProgram.start(program, "deep", "600"));
        assertThat(observed.dominant()).isEqualTo(StackOutcome.DEPTH_LIMIT);
        assertThat(observed.depth.get(StackOutcome.DEPTH_LIMIT)).isEqualTo(512);
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
    }

    private static Observed observe(CProgram program) throws SamplerException, IOException {
        Observed observed = new Observed(new EnumMap<>(StackOutcome.class), new EnumMap<>(StackOutcome.class));
        int[] samples = {0};
        try (program;
                Sampler sampler = Sampler.open(SamplerOptions.targets(997))) {
            sampler.addTarget(program.pid());
            Polling.until(
                    sampler,
                    sample -> {
                        if (!sample.inKernel()) {
                            observed.count.merge(sample.outcome(), 1, Integer::sum);
                            observed.depth.put(sample.outcome(), sample.userDepth());
                            samples[0]++;
                        }
                    },
                    () -> samples[0] >= SAMPLES);
        }
        return observed;
    }
}
