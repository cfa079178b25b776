package dev.sonde.model;

/**
 * A span of wall-clock time.
 *
 * @param fromNanos start, Unix nanoseconds, inclusive
 * @param toNanos end, Unix nanoseconds, exclusive; after the start
 */
public record TimeRange(long fromNanos, long toNanos) {
    public TimeRange {
        if (fromNanos >= toNanos) {
            throw new IllegalArgumentException(
                    "time range: from " + fromNanos + " to " + toNanos + " (expected: from before to)");
        }
    }

    /** Whether the instant lies inside. */
    public boolean contains(long nanos) {
        return nanos >= fromNanos && nanos < toNanos;
    }

    /** The length in nanoseconds. */
    public long durationNanos() {
        return toNanos - fromNanos;
    }
}
