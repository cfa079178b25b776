package dev.sonde.agent.quality;

import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * A bounded number of tallies. What makes room is the least sampled of those that no sample met for long, else of all.
 *
 * @param <K> what is counted
 */
final class TallyTable<K> {

    /** What was not sampled for ten minutes has ended, most likely, or does nothing. */
    static final long STALE_NANOS = 600_000_000_000L;

    private final int bound;
    private final Map<K, Tally> tallies = new HashMap<>();
    private long evicted;

    TallyTable(int bound) {
        this.bound = bound;
    }

    /** The tally, or null. */
    Tally find(K key) {
        return tallies.get(key);
    }

    Tally add(K key, Tally tally, long now) {
        if (tallies.size() >= bound) {
            evict(now);
        }
        tallies.put(key, tally);
        return tally;
    }

    private void evict(long now) {
        K least = null;
        Tally smallest = null;
        for (Map.Entry<K, Tally> entry : tallies.entrySet()) {
            if (smallest == null || goesBefore(entry.getValue(), smallest, now)) {
                least = entry.getKey();
                smallest = entry.getValue();
            }
        }
        tallies.remove(least);
        evicted++;
    }

    private static boolean goesBefore(Tally one, Tally other, long now) {
        boolean oneStale = now - one.lastNanos() >= STALE_NANOS;
        boolean otherStale = now - other.lastNanos() >= STALE_NANOS;
        return oneStale == otherStale ? one.samples() < other.samples() : oneStale;
    }

    /** How many had to go. */
    long evicted() {
        return evicted;
    }

    void forEach(BiConsumer<K, Tally> action) {
        tallies.forEach(action);
    }
}
