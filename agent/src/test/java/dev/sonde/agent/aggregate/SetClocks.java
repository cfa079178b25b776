package dev.sonde.agent.aggregate;

/** Clocks that a test sets. */
final class SetClocks implements Clocks {

    private long monotonicNanos;
    private long wallMinusMonotonicNanos;

    SetClocks(long monotonicNanos, long wallNanos) {
        this.monotonicNanos = monotonicNanos;
        this.wallMinusMonotonicNanos = wallNanos - monotonicNanos;
    }

    void advanceTo(long monotonic) {
        monotonicNanos = monotonic;
    }

    /** Sets the wall clock forward or back, as an administrator or NTP does. */
    void stepWall(long nanos) {
        wallMinusMonotonicNanos += nanos;
    }

    @Override
    public long monotonicNanos() {
        return monotonicNanos;
    }

    @Override
    public long wallNanos() {
        return monotonicNanos + wallMinusMonotonicNanos;
    }
}
