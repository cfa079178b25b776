package dev.sonde.agent.aggregate;

/** Says where windows begin and end. */
public interface WindowSchedule {

    /**
     * One window: monotonic times from inclusive to exclusive.
     *
     * @param startMonotonicNanos first nanosecond, CLOCK_MONOTONIC
     * @param endMonotonicNanos first nanosecond behind it; {@code Long.MAX_VALUE} for a window that stays open
     * @param startWallNanos the same moment as the start, Unix nanoseconds
     */
    record Span(long startMonotonicNanos, long endMonotonicNanos, long startWallNanos) {
        public Span {
            if (endMonotonicNanos <= startMonotonicNanos) {
                throw new IllegalArgumentException("window: end " + endMonotonicNanos + " (expected: after its start "
                        + startMonotonicNanos + ")");
            }
        }
    }

    /** The window that everything begins with. */
    Span first();

    /** The window that begins where the given one ends. */
    Span after(Span previous);

    /** A single window that begins when it is asked for and stays open until it is finished, for one recording. */
    static WindowSchedule single(Clocks clocks) {
        return new WindowSchedule() {
            @Override
            public Span first() {
                return new Span(clocks.monotonicNanos(), Long.MAX_VALUE, clocks.wallNanos());
            }

            @Override
            public Span after(Span previous) {
                throw new IllegalStateException("a single window has none behind it");
            }
        };
    }
}
