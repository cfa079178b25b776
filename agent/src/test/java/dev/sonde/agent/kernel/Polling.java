package dev.sonde.agent.kernel;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Polls a sampler until something has happened. */
final class Polling {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private Polling() {}

    static void until(Sampler sampler, SampleHandler handler, BooleanSupplier done) {
        waitFor(() -> {
            sampler.poll(handler);
            return done.getAsBoolean();
        });
    }

    static void waitFor(BooleanSupplier done) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!done.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("nothing happened in " + PATIENCE);
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }
}
