package dev.sonde.agent.unwind;

import dev.sonde.agent.kernel.code.FileId;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Files whose tables are not made now: each time for twice as long. The kernel asks for them every second. Bounded, the
 * one added first goes first. One thread at a time.
 */
final class Postponed {

    static final long FIRST_NANOS = 5_000_000_000L;

    static final long LAST_NANOS = 300_000_000_000L;

    /** As many as the kernel has entries for. */
    private static final int MAX_FILES = 4096;

    private final LongSupplier nanoTime;
    private final Map<FileId, Until> files = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<FileId, Until> eldest) {
            return size() > MAX_FILES;
        }
    };

    /** The end of the pause, and how long the pause is. */
    private record Until(long endNanos, long pauseNanos) {}

    Postponed(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    boolean contains(FileId file) {
        Until until = files.get(file);
        return until != null && nanoTime.getAsLong() - until.endNanos() < 0;
    }

    void add(FileId file) {
        Until before = files.remove(file);
        long pause = before == null ? FIRST_NANOS : Math.min(2 * before.pauseNanos(), LAST_NANOS);
        files.put(file, new Until(nanoTime.getAsLong() + pause, pause));
    }

    void remove(FileId file) {
        files.remove(file);
    }
}
