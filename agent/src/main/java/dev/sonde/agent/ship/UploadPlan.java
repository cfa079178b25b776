package dev.sonde.agent.ship;

import dev.sonde.agent.mapping.ExecutableFile;
import dev.sonde.model.BuildId;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Which files are to be offered to the server, and when again. Remembers a bounded number of build ids, the least
 * recently seen go first. Safe for several threads.
 */
final class UploadPlan {

    /** More files than a machine runs at a time. */
    private static final int MAX_KNOWN = 16_384;

    /** Each waits as a reference; a machine that has just booted starts some hundred. */
    private static final int MAX_WAITING = 1024;

    /** The server may have lost its data, or let go of the symbols: a question costs little. */
    private static final Duration ASK_AGAIN = Duration.ofHours(1);

    private static final Duration POSTPONED = Duration.ofMinutes(5);
    private static final Duration GONE = Duration.ofMinutes(1);

    private static final long NEVER = Long.MAX_VALUE;

    private final LongSupplier nanoTime;
    private final long originNanos;

    /** Nanoseconds after the origin at which a build id may be asked for again. */
    private final Map<BuildId, Long> known = new LinkedHashMap<>(64, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<BuildId, Long> eldest) {
            return size() > MAX_KNOWN;
        }
    };

    private final Deque<ExecutableFile> waiting = new ArrayDeque<>();

    UploadPlan(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.originNanos = nanoTime.getAsLong();
    }

    /** Puts a file in the queue unless it waits, was dealt with, or there is no room; false only for the last. */
    synchronized boolean offer(ExecutableFile file) {
        long now = nanoTime.getAsLong() - originNanos;
        Long next = known.get(file.buildId());
        if (next != null && now < next) {
            return true;
        }
        if (waiting.size() == MAX_WAITING) {
            return false;
        }
        // Until it is settled it is not queued twice.
        known.put(file.buildId(), NEVER);
        waiting.addLast(file);
        notifyAll();
        return true;
    }

    /** The next file, taken out of the queue; waits up to the timeout for one. */
    synchronized Optional<ExecutableFile> take(Duration timeout) throws InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        long leftMillis = timeout.toMillis();
        while (waiting.isEmpty() && leftMillis > 0) {
            wait(leftMillis);
            leftMillis = (deadline - System.nanoTime()) / 1_000_000;
        }
        return Optional.ofNullable(waiting.pollFirst());
    }

    /** Says what became of a file that was taken; FAILED puts it back in front. */
    synchronized void settle(ExecutableFile file, UploadOutcome outcome) {
        long now = nanoTime.getAsLong() - originNanos;
        switch (outcome) {
            case UPLOADED, NOT_WANTED, ERROR -> known.put(file.buildId(), now + ASK_AGAIN.toNanos());
            case POSTPONED -> known.put(file.buildId(), now + POSTPONED.toNanos());
            case FILE_GONE, QUEUE_FULL -> known.put(file.buildId(), now + GONE.toNanos());
            case REFUSED, UNREADABLE, TOO_LARGE -> known.put(file.buildId(), NEVER);
            case FAILED -> waiting.addFirst(file);
        }
    }
}
