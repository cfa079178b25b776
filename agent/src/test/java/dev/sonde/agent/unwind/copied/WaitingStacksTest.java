package dev.sonde.agent.unwind.copied;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WaitingStacksTest {

    private final WaitingStacks waiting = new WaitingStacks(new CopyLimits(8, 4000, Duration.ofSeconds(1)));

    private static CopiedStack stack(int bytes) {
        return new CopiedStack(100, 7, 5, new byte[168], 0x7000_0000, new byte[bytes], List.of(), true);
    }

    @Test
    void halfOfTheStacksMayWait() {
        for (int i = 0; i < 4; i++) {
            assertThat(waiting.add(stack(8))).isTrue();
        }
        assertThat(waiting.add(stack(8))).isFalse();
    }

    @Test
    void halfOfTheBytesMayWait() {
        assertThat(waiting.add(stack(1500))).isTrue();
        assertThat(waiting.add(stack(501))).isFalse();
        assertThat(waiting.add(stack(500))).isTrue();
    }

    @Test
    void whatIsReadyOrGivenUpMakesRoom() {
        List<CopiedStack> stacks = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            stacks.add(stack(500));
            waiting.add(stacks.get(i));
        }
        stacks.get(2).abandon();
        assertThat(waiting.takeReady(stack -> stack != stacks.get(1))).containsExactly(stacks.get(1));
        assertThat(waiting.add(stack(1000))).isTrue();
        assertThat(waiting.add(stack(1))).isFalse();
        assertThat(waiting.takeReady(stack -> false)).hasSize(3).startsWith(stacks.get(0), stacks.get(3));
        assertThat(waiting.isEmpty()).isTrue();
    }
}
