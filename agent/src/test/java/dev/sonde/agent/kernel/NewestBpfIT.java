package dev.sonde.agent.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sonde.agent.kallsyms.NewestBpf;
import org.junit.jupiter.api.Test;

/** Programs that are loaded now are seen as newer. */
@KernelTest
class NewestBpfIT {
    @Test
    void aProgramThatIsLoadedChangesTheNumber() throws SamplerException {
        NewestBpf newest = new NewestBpf();
        long before = newest.number();
        assertThat(before).isNotNegative();
        try (Sampler _ = Sampler.open(SamplerOptions.targets(19))) {
            assertThat(newest.number()).isGreaterThan(before);
        }
    }
}
