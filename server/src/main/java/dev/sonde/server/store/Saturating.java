package dev.sonde.server.store;

/** Sums of values that are never negative: at the end of a long's range they stay there, in whatever order they come. */
public final class Saturating {

    private Saturating() {}

    /** The sum of two numbers that are not negative, at most {@link Long#MAX_VALUE}. */
    public static long add(long a, long b) {
        long sum = a + b;
        return sum < 0 ? Long.MAX_VALUE : sum;
    }
}
