package load;

/** Asks for the time without pause, for some seconds, and tells how long it was kept from it. */
public final class Gaps {

    private static final long WARM_UP_NANOS = 2_000_000_000L;

    private static final int BUCKETS = 40;

    public static void main(String[] arguments) {
        run(WARM_UP_NANOS, new long[BUCKETS]);
        long[] buckets = new long[BUCKETS];
        long longest = run(Long.parseLong(arguments[0]) * 1_000_000_000L, buckets);
        StringBuilder text = new StringBuilder().append(longest);
        for (long count : buckets) {
            text.append(' ').append(count);
        }
        System.out.println(text);
    }

    /** Counts gaps by the number of bits that they have in nanoseconds; the longest one. */
    private static long run(long nanos, long[] buckets) {
        long last = System.nanoTime();
        long end = last + nanos;
        long longest = 0;
        while (last < end) {
            long now = System.nanoTime();
            long gap = now - last;
            buckets[Long.SIZE - Long.numberOfLeadingZeros(gap)]++;
            longest = Math.max(longest, gap);
            last = now;
        }
        return longest;
    }
}
