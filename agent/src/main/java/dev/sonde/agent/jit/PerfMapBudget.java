package dev.sonde.agent.jit;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Bounds the memory of the names of all perf-PID.map files together: where the bound is reached the file that was asked
 * least recently forgets its names, and reads them again when it is asked. One thread at a time.
 */
public final class PerfMapBudget {

    /** An agent is to run in a heap of 40 MB; reading a file takes some 15 MB more for a moment. */
    public static final long DEFAULT_BYTES = 8L << 20;

    private final long maxBytes;
    private final Runnable evicted;

    /** In the order of use, the eldest first. */
    private final Map<PerfMapFile, Long> bytesOf = new LinkedHashMap<>(16, 0.75f, true);

    private long usedBytes;

    /**
     * @param evicted is told of each file that forgot its names
     */
    public PerfMapBudget(long maxBytes, Runnable evicted) {
        this.maxBytes = maxBytes;
        this.evicted = evicted;
    }

    /** Notes that the file's names are in use. */
    void touch(PerfMapFile file) {
        bytesOf.computeIfPresent(file, (same, bytes) -> bytes);
    }

    /** Frees what is needed for so many bytes. */
    void makeRoom(long bytes) {
        while (usedBytes + bytes > maxBytes && !bytesOf.isEmpty()) {
            PerfMapFile eldest = bytesOf.keySet().iterator().next();
            release(eldest);
            eldest.forget();
            evicted.run();
        }
    }

    /** Takes the names of a file into account in place of those before; false when they alone are beyond the bound. */
    boolean hold(PerfMapFile file, long bytes) {
        if (bytes > maxBytes) {
            return false;
        }
        release(file);
        makeRoom(bytes);
        bytesOf.put(file, bytes);
        usedBytes += bytes;
        return true;
    }

    private void release(PerfMapFile file) {
        Long bytes = bytesOf.remove(file);
        usedBytes -= bytes == null ? 0 : bytes;
    }

    long usedBytes() {
        return usedBytes;
    }
}
