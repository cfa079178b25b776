package dev.sonde.agent.ship;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** Waiting times between attempts at something that fails. */
final class Backoff {

    private final Duration first;
    private final Duration last;
    private final RandomGenerator random;
    private int failures;

    /**
     * @param first bound of the first delay
     * @param last bound that all further ones stay under
     */
    Backoff(Duration first, Duration last, RandomGenerator random) {
        this.first = first;
        this.last = last;
        this.random = random;
    }

    /**
     * The delay after one more failure: even between nothing and a bound that doubles ("full jitter"), so that many agents
     * that lost one server do not come back together.
     */
    Duration next() {
        // 2^20 times any first delay is beyond any last one, and far from an overflow.
        long bound = Math.min(last.toNanos(), first.toNanos() << Math.min(failures, 20));
        failures++;
        return Duration.ofNanos(random.nextLong(bound + 1));
    }

    /** The bound of all delays. */
    Duration last() {
        return last;
    }

    /** How many failures in a row. */
    int failures() {
        return failures;
    }

    /** An attempt succeeded. */
    void reset() {
        failures = 0;
    }
}
