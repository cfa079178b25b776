package dev.sonde.agent.aggregate;

import java.time.Instant;

/** The two clocks that windows live between: samples carry the one, profiles the other. */
public interface Clocks {

    /** CLOCK_MONOTONIC, nanoseconds: the kernel's clock of samples. */
    long monotonicNanos();

    /** CLOCK_REALTIME, Unix nanoseconds. It may step. */
    long wallNanos();

    /** The machine's. On Linux System.nanoTime() is CLOCK_MONOTONIC as it is (os_posix.cpp, javaTimeNanos). */
    static Clocks system() {
        return new Clocks() {
            @Override
            public long monotonicNanos() {
                return System.nanoTime();
            }

            @Override
            public long wallNanos() {
                Instant now = Instant.now();
                return now.getEpochSecond() * 1_000_000_000L + now.getNano();
            }
        };
    }
}
