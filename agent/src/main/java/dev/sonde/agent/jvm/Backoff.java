package dev.sonde.agent.jvm;

/** Intervals that double, from when something is new. */
final class Backoff {

    private final long firstNanos;
    private final long lastNanos;
    private long intervalNanos;

    Backoff(long firstNanos, long lastNanos) {
        this.firstNanos = firstNanos;
        this.lastNanos = lastNanos;
        this.intervalNanos = firstNanos;
    }

    /** The time after which to look again; the next one is twice as long, up to the last. */
    long next() {
        long interval = intervalNanos;
        intervalNanos = Math.min(2 * interval, lastNanos);
        return interval;
    }

    /** Begins with the shortest again. */
    void reset() {
        intervalNanos = firstNanos;
    }
}
