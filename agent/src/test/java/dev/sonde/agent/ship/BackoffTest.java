package dev.sonde.agent.ship;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class BackoffTest {

    @Property
    void delaysStayUnderABoundThatDoublesUpToTheLast(@ForAll long seed) {
        Backoff backoff = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(60), new Random(seed));
        for (int failure = 0; failure < 100; failure++) {
            long bound = Math.min(60, 1L << Math.min(failure, 10));
            assertThat(backoff.next()).isBetween(Duration.ZERO, Duration.ofSeconds(bound));
        }
        backoff.reset();
        assertThat(backoff.next()).isLessThanOrEqualTo(Duration.ofSeconds(1));
    }
}
