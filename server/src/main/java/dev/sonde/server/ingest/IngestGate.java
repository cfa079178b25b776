package dev.sonde.server.ingest;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Lets so many requests of profiles be read at once as memory allows; a bounded number of others wait a bounded time,
 * and the rest are told to come again.
 */
public final class IngestGate {

    /** The right to read one request; given back by closing it. */
    interface Turn extends AutoCloseable {
        @Override
        void close();
    }

    /** Reading one request takes at most about this much memory: an unpacked profile, its columns, what is read of it. */
    private static final long BYTES_PER_REQUEST = 512L << 20;

    /** More at once than this does not make a store faster. */
    private static final int MAX_CONCURRENT = 8;

    private final Semaphore permits;
    private final Semaphore queue;
    private final Duration patience;

    /**
     * A gate.
     *
     * @param concurrent how many requests are read at once
     * @param waiting how many more may wait
     * @param patience how long each may wait
     */
    public IngestGate(int concurrent, int waiting, Duration patience) {
        this.permits = new Semaphore(concurrent, true);
        this.queue = new Semaphore(concurrent + waiting);
        this.patience = patience;
    }

    /** A gate for a heap of that size: 256 wait, each up to 10 seconds, less than agents wait for an answer. */
    public static IngestGate forHeap(long maxHeapBytes) {
        int concurrent = Math.clamp(maxHeapBytes / BYTES_PER_REQUEST, 1, MAX_CONCURRENT);
        return new IngestGate(concurrent, 256, Duration.ofSeconds(10));
    }

    /**
     * Waits for a turn.
     *
     * @throws OverloadedException when it does not come
     */
    Turn enter() throws OverloadedException {
        if (!queue.tryAcquire()) {
            throw new OverloadedException("ingest: too many requests wait already (expected: come again later)");
        }
        boolean entered = false;
        try {
            entered = permits.tryAcquire(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            if (!entered) {
                queue.release();
            }
        }
        if (!entered) {
            throw new OverloadedException(
                    "ingest: no turn within " + patience.toSeconds() + " s (expected: come again later)");
        }
        return () -> {
            permits.release();
            queue.release();
        };
    }
}
