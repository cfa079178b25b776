package dev.sonde.server.store.duckdb;

import dev.sonde.server.store.NewProfile;
import dev.sonde.server.store.ProfileStore.AppendResult;
import dev.sonde.server.store.StoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One thread that writes all the appends that wait in one transaction: a commit costs some 8 ms whatever is in it. */
final class GroupCommit implements AutoCloseable {

    /** Samples after which a group is closed, so that the first of its appends does not wait long. */
    private static final int MAX_GROUP_SAMPLES = 1 << 18;

    /** How long an append waits for its place before it is refused as busy: less than clients' usual time-outs. */
    private static final long MAX_WAIT_SECONDS = 5;

    private static final Logger LOG = LoggerFactory.getLogger(GroupCommit.class);

    private final ArrayBlockingQueue<Append> queue;
    private final Committer committer;
    private final Thread thread;
    private volatile boolean closed;

    /** Writes groups. */
    interface Committer {
        /** Completes every append of the group, one way or the other; throws nothing. */
        void commit(List<Append> group);
    }

    /** Profiles that wait, and what became of them. */
    record Append(List<NewProfile> profiles, CompletableFuture<AppendResult> result) {
        int samples() {
            int samples = 0;
            for (NewProfile profile : profiles) {
                samples += profile.profile().samples().count();
            }
            return samples;
        }
    }

    GroupCommit(int maxWaiting, Committer committer) {
        this.queue = new ArrayBlockingQueue<>(maxWaiting);
        this.committer = committer;
        this.thread = Thread.ofPlatform().name("store-writer").daemon().start(this::run);
    }

    /** Returns when the profiles are on disk. */
    AppendResult append(List<NewProfile> profiles) throws StoreException {
        Append append = new Append(List.copyOf(profiles), new CompletableFuture<>());
        try {
            if (closed || !queue.offer(append, MAX_WAIT_SECONDS, TimeUnit.SECONDS)) {
                throw closed ? closedException() : busy();
            }
            if (closed && queue.remove(append)) {
                throw closedException();
            }
            return append.result.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreException("append: interrupted while waiting for the writer", e);
        } catch (ExecutionException e) {
            StoreException cause = (StoreException) e.getCause();
            throw new StoreException(cause.reason(), cause.getMessage(), cause);
        }
    }

    private StoreException busy() {
        return new StoreException(
                StoreException.Reason.BUSY,
                "append: " + queue.size() + " appends waited for " + MAX_WAIT_SECONDS
                        + " s (expected: the writer to keep up)");
    }

    private static StoreException closedException() {
        return new StoreException(StoreException.Reason.CLOSED, "store: closed (expected: open)");
    }

    private void run() {
        while (!closed || !queue.isEmpty()) {
            List<Append> group = new ArrayList<>();
            try {
                // Wakes now and then to see that it was closed.
                Append first = queue.poll(100, TimeUnit.MILLISECONDS);
                if (first != null) {
                    fill(group, first);
                    committer.commit(group);
                }
            } catch (InterruptedException e) {
                closed = true;
            } catch (Throwable e) {
                // Were the thread to end, all later appends would wait for ever.
                fail(group, e);
            }
        }
    }

    /** Fails those that have no outcome yet. */
    private static void fail(List<Append> group, Throwable cause) {
        LOG.error("writing {} appends", group.size(), cause);
        StoreException failure = new StoreException("append: " + cause, cause);
        for (Append append : group) {
            append.result().completeExceptionally(failure);
        }
    }

    private void fill(List<Append> group, Append first) {
        int samples = 0;
        for (Append next = first; next != null; next = samples < MAX_GROUP_SAMPLES ? queue.poll() : null) {
            group.add(next);
            samples += next.samples();
        }
    }

    /** Refuses further appends, and returns when those that wait are written. */
    @Override
    public void close() {
        closed = true;
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
