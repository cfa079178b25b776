package dev.sonde.server.store;

import java.util.ArrayList;
import java.util.List;

/**
 * Whether an answer is still wanted. Who asks runs the question {@link #call within} its cancellation; what answers looks
 * at the {@link #current} one, so that memory and turns are given back soon after the client has left.
 */
public final class Cancellation {

    private static final ScopedValue<Cancellation> CURRENT = ScopedValue.newInstance();

    private final List<Runnable> actions = new ArrayList<>();
    private volatile boolean cancelled;

    /**
     * Looks now and then, along many small steps, whether the answer is still wanted: at the first step, and then after
     * so many. Belongs to one thread.
     */
    public static final class Steps {

        /** A look costs next to nothing among so many; of steps that look for a name they take some 0.1 s. */
        public static final int PER_CHECK = 1 << 14;

        private final Cancellation cancellation;
        private int left;

        private Steps(Cancellation cancellation) {
            this.cancellation = cancellation;
        }

        /**
         * To be called at each step.
         *
         * @throws StoreException with reason CANCELLED
         */
        public void next() throws StoreException {
            if (left-- == 0) {
                left = PER_CHECK - 1;
                cancellation.check();
            }
        }
    }

    /** An action that waits for the cancellation; when it is closed, the action is not under way and will not be run. */
    public interface Registration extends AutoCloseable {
        @Override
        void close();
    }

    /** That of the question which this thread answers; where there is none, one that nobody cancels. */
    public static Cancellation current() {
        return CURRENT.isBound() ? CURRENT.get() : new Cancellation();
    }

    /** Steps on the way to the answer that this thread looks for. */
    public static Steps steps() {
        return new Steps(current());
    }

    /** Answers a question within this cancellation. */
    public <R, X extends Throwable> R call(ScopedValue.CallableOp<R, X> question) throws X {
        return ScopedValue.where(CURRENT, this).call(question);
    }

    /** Says that the answer is not wanted any more, and runs what waits for that. */
    public synchronized void cancel() {
        if (!cancelled) {
            cancelled = true;
            actions.forEach(Runnable::run);
        }
    }

    /** Whether the answer is not wanted any more. */
    public boolean isCancelled() {
        return cancelled;
    }

    /**
     * Goes on only with what is wanted.
     *
     * @throws StoreException with reason CANCELLED
     */
    public void check() throws StoreException {
        if (cancelled) {
            throw new StoreException(
                    StoreException.Reason.CANCELLED,
                    "question: cancelled (expected: a client that waits for the answer)");
        }
    }

    /** Has something done at the cancellation, now if it was; it must be short and throw nothing. */
    public synchronized Registration onCancel(Runnable action) {
        if (cancelled) {
            action.run();
            return () -> {};
        }
        actions.add(action);
        return () -> remove(action);
    }

    private synchronized void remove(Runnable action) {
        actions.remove(action);
    }
}
