package dev.sonde.agent.aggregate;

import java.time.Duration;

/**
 * Windows between wall-clock multiples of a length. The distance of the two clocks is measured anew for each window, so
 * that a step of the wall clock makes the next window start at the new time and end at its next multiple, shorter than
 * the others; no time is counted twice or left out on the monotonic clock.
 */
public final class AlignedWindows implements WindowSchedule {

    /**
     * A border this near to a multiple is taken as the multiple: slewing (adjtime(3)) and the time between the two
     * readings move it by micro- to milliseconds, and a window shorter than this tells nothing.
     */
    static final long SNAP_NANOS = 500_000_000L;

    /** Readings of the clock pair; the one that was interrupted least is taken. */
    private static final int READINGS = 3;

    private final Clocks clocks;
    private final long lengthNanos;
    private final long firstLengthNanos;
    private final long startNanos;

    /**
     * The first window begins now: make this before the first sample can be taken.
     *
     * @param length of a whole window
     * @param firstLength of the first, so that a fresh start is seen soon
     */
    public AlignedWindows(Clocks clocks, Duration length, Duration firstLength) {
        this.clocks = clocks;
        this.lengthNanos = length.toNanos();
        this.firstLengthNanos = firstLength.toNanos();
        this.startNanos = clocks.monotonicNanos();
        if (lengthNanos < 2 * SNAP_NANOS || firstLengthNanos < SNAP_NANOS) {
            throw new IllegalArgumentException("window: " + length + ", the first " + firstLength
                    + " (expected: at least " + Duration.ofNanos(2 * SNAP_NANOS) + " and "
                    + Duration.ofNanos(SNAP_NANOS) + ")");
        }
    }

    @Override
    public Span first() {
        long wallMinusMonotonic = wallMinusMonotonic();
        return span(startNanos, startNanos + wallMinusMonotonic, wallMinusMonotonic, firstLengthNanos);
    }

    @Override
    public Span after(Span previous) {
        long start = previous.endMonotonicNanos();
        long wallMinusMonotonic = wallMinusMonotonic();
        return span(start, snap(start + wallMinusMonotonic), wallMinusMonotonic, lengthNanos);
    }

    private Span span(long start, long startWall, long wallMinusMonotonic, long maxNanos) {
        long border = (Math.floorDiv(startWall + SNAP_NANOS, lengthNanos) + 1) * lengthNanos;
        long endWall = border - startWall > maxNanos + SNAP_NANOS ? startWall + maxNanos : border;
        return new Span(start, endWall - wallMinusMonotonic, startWall);
    }

    private long snap(long wall) {
        long nearest = Math.floorDiv(wall + lengthNanos / 2, lengthNanos) * lengthNanos;
        return Math.abs(nearest - wall) <= SNAP_NANOS ? nearest : wall;
    }

    private long wallMinusMonotonic() {
        long best = 0;
        long bestWidth = Long.MAX_VALUE;
        for (int i = 0; i < READINGS; i++) {
            long before = clocks.monotonicNanos();
            long wall = clocks.wallNanos();
            long width = clocks.monotonicNanos() - before;
            if (width < bestWidth) {
                bestWidth = width;
                best = wall - before - width / 2;
            }
        }
        return best;
    }
}
