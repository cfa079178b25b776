package dev.sonde.agent.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SamplerOptionsTest {
    @ParameterizedTest
    @ValueSource(ints = {0, -1, 1001, Integer.MAX_VALUE})
    void frequenciesOutsideAreRefused(int hertz) {
        assertThatThrownBy(() -> SamplerOptions.wholeMachine(hertz))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("hz: " + hertz + " (expected: 1 to 1000)");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2048, 4097, 100_000, 1 << 27})
    void ringBuffersThatTheKernelDoesNotTakeAreRefused(int bytes) {
        assertThatThrownBy(() -> new SamplerOptions(19, bytes, false))
                .hasMessageContaining("ring buffer bytes: " + bytes + " (expected: a power of two");
    }

    @Test
    void thePeriodIsASecondDividedByTheFrequency() {
        assertThat(SamplerOptions.wholeMachine(1000).periodNanos()).isEqualTo(1_000_000);
        assertThat(SamplerOptions.wholeMachine(19).periodNanos()).isEqualTo(52_631_578);
    }
}
