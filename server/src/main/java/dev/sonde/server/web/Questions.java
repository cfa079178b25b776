package dev.sonde.server.web;

import com.linecorp.armeria.server.ServiceRequestContext;
import dev.sonde.model.SelectorException;
import dev.sonde.server.ingest.OverloadedException;
import dev.sonde.server.metrics.QueryMetrics;
import dev.sonde.server.query.AnswerTooLargeException;
import dev.sonde.server.query.QueryException;
import dev.sonde.server.store.Cancellation;
import dev.sonde.server.store.StoreException;
import dev.sonde.server.store.StoreQuery;
import dev.sonde.server.web.refusal.BadRequestException;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** What all questions share: the clock, the time they take, and how many are answered at once. */
public final class Questions {

    /** Each holds a merged tree and its names, some hundred MB at worst. */
    private static final long BYTES_PER_QUESTION = 256L << 20;

    private static final int MAX_CONCURRENT = 8;

    /** Bytes of an answer: more than browsers and tools can use. */
    public static final int MAX_ANSWER_BYTES = 128 << 20;

    /** Below the time that readers of a page wait. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static final String DEFAULT_FROM = "-1h";

    private final QueryMetrics metrics;
    private final Clock clock;
    private final Semaphore turns;
    private final int maxAnswerBytes;

    /** How an answer is found. */
    interface Answering<T> {
        T run() throws StoreException, QueryException, IOException;
    }

    /**
     * Nothing asked yet.
     *
     * @param maxHeapBytes bounds how many are answered at once
     * @param maxAnswerBytes larger answers are refused
     */
    public Questions(QueryMetrics metrics, Clock clock, long maxHeapBytes, int maxAnswerBytes) {
        this.metrics = metrics;
        this.clock = clock;
        this.maxAnswerBytes = maxAnswerBytes;
        this.turns = new Semaphore(Math.clamp(maxHeapBytes / BYTES_PER_QUESTION, 1, MAX_CONCURRENT), true);
    }

    Instant now() {
        return clock.instant();
    }

    /** The selector and range that parameters mean. */
    StoreQuery query(Parameters parameters) throws BadRequestException, SelectorException {
        return new StoreQuery(parameters.selector(), parameters.range(DEFAULT_FROM, now()));
    }

    /** For the bytes of one answer, up to the bound. */
    AnswerBuffer buffer() {
        return new AnswerBuffer(maxAnswerBytes);
    }

    /** Finds an answer when its turn comes, and notes how long that took. */
    <T> T answer(String endpoint, Answering<T> answering)
            throws StoreException, QueryException, IOException, OverloadedException {
        long start = System.nanoTime();
        Cancellation cancellation = ofRequest();
        takeTurn(cancellation);
        try {
            return cancellation.call(answering::run);
        } catch (StoreException e) {
            if (e.reason() == StoreException.Reason.FULL) {
                // To ask again would not help: the words say what to ask for instead.
                throw new AnswerTooLargeException(e.getMessage());
            }
            throw e;
        } catch (QueryException | IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("an answer fails in no other way", e);
        } finally {
            turns.release();
            metrics.answered(endpoint, System.nanoTime() - start);
        }
    }

    /** Is cancelled when the request's time is over, or when its client has left. */
    private static Cancellation ofRequest() {
        Cancellation cancellation = new Cancellation();
        ServiceRequestContext request = ServiceRequestContext.currentOrNull();
        if (request != null) {
            var _ = request.whenRequestCancelling().thenAccept(cause -> cancellation.cancel());
        }
        return cancellation;
    }

    private void takeTurn(Cancellation cancellation) throws StoreException, OverloadedException {
        boolean taken;
        Thread waiting = Thread.currentThread();
        try (Cancellation.Registration _ = cancellation.onCancel(waiting::interrupt)) {
            taken = turns.tryAcquire(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            cancellation.check();
            Thread.currentThread().interrupt();
            throw new OverloadedException("query: the server is stopping (expected: come again later)");
        }
        if (cancellation.isCancelled()) {
            // The interruption may have come after the turn; the thread's next request must not find it.
            Thread.interrupted();
            if (taken) {
                turns.release();
            }
            cancellation.check();
        }
        if (!taken) {
            throw new OverloadedException("query: no turn within " + PATIENCE.toSeconds()
                    + " s, for others are being answered (expected: come again later)");
        }
    }
}
