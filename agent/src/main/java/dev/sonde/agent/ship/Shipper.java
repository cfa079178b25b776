package dev.sonde.agent.ship;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.sonde.agent.count.Counts;
import dev.sonde.wire.profilestore.RawProfileSeries;
import dev.sonde.wire.profilestore.WriteRawRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends the spool's batches, oldest first, and removes each only when every profile of it was acknowledged or refused for
 * good. A request that the server refuses is sent again profile by profile, so that only the bad ones are dropped. A
 * batch at which the server fails goes behind the others, and is tried for as long as the server takes its age. The
 * bytes of a profile never change between attempts: what arrived already is known to the server by its hash.
 */
public final class Shipper implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(Shipper.class);

    static final Duration FIRST_DELAY = Duration.ofSeconds(1);
    static final Duration LAST_DELAY = Duration.ofSeconds(60);

    /** Longer than any healthy server takes for {@link ProfileBatch#MAX_REQUEST_BYTES}. */
    private static final Duration DEADLINE = Duration.ofSeconds(30);

    private static final Duration IDLE_WAIT = Duration.ofSeconds(1);

    /** Failures of the server at one batch before the others go first: some seconds, as a server restarts. */
    static final int MAX_SUSPECT = 4;

    /** The server takes profiles of the last 24 hours; older ones it would refuse. */
    static final Duration MAX_AGE = Duration.ofHours(24);

    private final Spool spool;
    private final ProfileSink sink;
    private final Counts<ShipEvent> events;
    private final Counts<ShipDrop> drops;
    private final Backoff backoff;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private volatile long drainDeadlineNanos;
    private boolean away;

    /** A shipper that runs when its thread does. */
    public Shipper(
            Spool spool,
            ServerConnection server,
            Counts<ShipEvent> events,
            Counts<ShipDrop> drops,
            RandomGenerator random) {
        this(spool, server::write, events, drops, new Backoff(FIRST_DELAY, LAST_DELAY, random));
    }

    Shipper(Spool spool, ProfileSink sink, Counts<ShipEvent> events, Counts<ShipDrop> drops, Backoff backoff) {
        this.spool = spool;
        this.sink = sink;
        this.events = events;
        this.drops = drops;
        this.backoff = backoff;
    }

    /** Ends the thread after one more attempt at what is in the spool, within a time. */
    public void stop(Duration drain) {
        drainDeadlineNanos = System.nanoTime() + drain.toNanos();
        stopping.countDown();
    }

    @Override
    public void run() {
        try {
            while (!isStopping()) {
                shipNext();
            }
            drain();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void shipNext() throws InterruptedException {
        Optional<Spool.Batch> batch = spool.take(IDLE_WAIT);
        if (batch.isEmpty()) {
            return;
        }
        try {
            boolean _ = ship(batch.get());
        } catch (RuntimeException | OutOfMemoryError e) {
            // One batch that the agent fails at is no reason to ship no other.
            LOG.error("shipping failed; the batch is tried again later", e);
            events.increment(ShipEvent.ERROR);
            spool.defer(batch.get(), backoff.last());
            boolean _ = stopping.await(backoff.next().toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    private void drain() throws InterruptedException {
        Optional<Spool.Batch> batch = spool.take(Duration.ZERO);
        while (batch.isPresent() && ship(batch.get())) {
            batch = spool.take(Duration.ZERO);
        }
    }

    private boolean isStopping() {
        return stopping.getCount() == 0;
    }

    /** Works on a batch until nothing of it is left or the rest is deferred; false when the end came between. */
    private boolean ship(Spool.Batch batch) throws InterruptedException {
        Optional<WriteRawRequest> whole;
        try {
            whole = parse(batch);
        } catch (IOException e) {
            LOG.warn("a batch cannot be read now: {}", e.toString());
            spool.defer(batch, backoff.last());
            events.increment(ShipEvent.BATCH_DEFERRED);
            return true;
        }
        if (whole.isEmpty()) {
            spool.remove(batch);
            return true;
        }
        Deque<WriteRawRequest> requests = new ArrayDeque<>();
        requests.add(whole.get());
        List<WriteRawRequest> failed = new ArrayList<>();
        if (!sendAll(requests, failed, batch.isDeferred())) {
            return false;
        }
        settle(
                batch,
                whole.get(),
                Stream.concat(requests.stream(), failed.stream()).toList());
        return true;
    }

    /**
     * Sends requests until none is left or the server failed too often; what it failed at goes from the one list to the
     * other. False when the end came between.
     */
    private boolean sendAll(Deque<WriteRawRequest> requests, List<WriteRawRequest> failed, boolean deferred)
            throws InterruptedException {
        int suspect = 0;
        boolean split = false;
        boolean progress = false;
        while (!requests.isEmpty()) {
            Optional<Status> failure = send(requests.peekFirst());
            if (failure.isEmpty()) {
                acknowledged(requests.removeFirst());
                progress = true;
                continue;
            }
            Status status = failure.get();
            Verdict verdict = Verdict.of(status.getCode());
            if (verdict == Verdict.REFUSED || isTooLarge(status)) {
                split = true;
                refused(requests, status);
                continue;
            }
            if (!waitForRetry(status)) {
                return false;
            }
            if (verdict == Verdict.RETRY || (!deferred && !split && ++suspect < MAX_SUSPECT)) {
                continue;
            }
            if (deferred && !split && requests.peekFirst().getSeriesCount() > 1) {
                // It failed before and while others went: perhaps only one profile in it is at fault.
                split = true;
                split(requests);
                continue;
            }
            failed.add(requests.removeFirst());
            if (!progress) {
                // Nothing of it gets through: probably the server fails at all.
                return true;
            }
        }
        return true;
    }

    /** Removes a batch of which nothing is left; else defers the rest, or drops it when the server takes it no more. */
    private void settle(Spool.Batch batch, WriteRawRequest whole, List<WriteRawRequest> rest) {
        if (rest.isEmpty()) {
            spool.remove(batch);
            events.increment(ShipEvent.BATCH_SHIPPED);
            return;
        }
        WriteRawRequest.Builder builder = whole.toBuilder().clearSeries();
        rest.forEach(request -> builder.addAllSeries(request.getSeriesList()));
        WriteRawRequest left = builder.build();
        if (batch.created().plus(MAX_AGE).isBefore(Instant.now())) {
            LOG.warn("{} profiles dropped, at which the server failed for {}", left.getSeriesCount(), MAX_AGE);
            drops.add(ShipDrop.SERVER_ERROR, left.getSeriesCount());
            spool.remove(batch);
            return;
        }
        events.increment(ShipEvent.BATCH_DEFERRED);
        if (left.equals(whole)) {
            spool.defer(batch, backoff.last());
        } else {
            // What failed stands last, so that the next attempt begins with what did not.
            spool.deferRest(batch, left.toByteArray(), backoff.last());
        }
    }

    private Optional<WriteRawRequest> parse(Spool.Batch batch) throws IOException {
        Optional<byte[]> payload = spool.read(batch);
        if (payload.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(WriteRawRequest.parseFrom(payload.get()));
        } catch (InvalidProtocolBufferException e) {
            // Its checksum is right, so it was written so: by another version of the agent.
            LOG.warn("batch dropped, it is no WriteRawRequest: {}", e.getMessage());
            drops.increment(ShipDrop.SPOOL_CORRUPT);
            return Optional.empty();
        }
    }

    private Optional<Status> send(WriteRawRequest request) {
        try {
            sink.write(request, deadline());
            if (away) {
                LOG.info("the server answers again");
                away = false;
            }
            backoff.reset();
            return Optional.empty();
        } catch (StatusRuntimeException e) {
            return Optional.of(e.getStatus());
        }
    }

    private Duration deadline() {
        if (!isStopping()) {
            return DEADLINE;
        }
        // Never negative: a deadline that is over fails at once, as it should.
        return Duration.ofNanos(Math.max(1, drainDeadlineNanos - System.nanoTime()));
    }

    private void acknowledged(WriteRawRequest request) {
        events.add(ShipEvent.PROFILE_SHIPPED, request.getSeriesCount());
    }

    /** Takes the first request apart, or drops it when it is one profile. */
    private void refused(Deque<WriteRawRequest> requests, Status why) {
        if (requests.getFirst().getSeriesCount() > 1) {
            split(requests);
            return;
        }
        requests.removeFirst();
        LOG.warn("the server refused a profile, which is dropped: {}", words(why));
        drops.increment(isTooLarge(why) ? ShipDrop.TOO_LARGE : ShipDrop.REFUSED);
    }

    private void split(Deque<WriteRawRequest> requests) {
        WriteRawRequest request = requests.removeFirst();
        events.increment(ShipEvent.BATCH_SPLIT);
        for (int i = request.getSeriesCount() - 1; i >= 0; i--) {
            requests.addFirst(only(request, request.getSeries(i)));
        }
    }

    /**
     * Whether the request is beyond the server's limit of a message, which no retry mends. Only the words tell it from a
     * server that is busy: those of grpc-go ("received message larger than max"), grpc-java ("gRPC message exceeds
     * maximum size") and Armeria ("Frame size ... exceeds maximum").
     */
    private static boolean isTooLarge(Status status) {
        String words = status.getDescription();
        return status.getCode() == Status.Code.RESOURCE_EXHAUSTED
                && words != null
                && (words.contains("message larger than max")
                        || words.contains("message exceeds maximum size")
                        || (words.startsWith("Frame size ") && words.contains("exceeds maximum")));
    }

    private static WriteRawRequest only(WriteRawRequest request, RawProfileSeries series) {
        return request.toBuilder().clearSeries().addSeries(series).build();
    }

    /** Waits before the next attempt; false at the end, which does not wait. */
    private boolean waitForRetry(Status status) throws InterruptedException {
        if (isStopping()) {
            return false;
        }
        events.increment(ShipEvent.RETRY);
        Duration delay = backoff.next();
        if (!away) {
            LOG.warn("the server does not take profiles ({}); they wait in the spool", words(status));
            away = true;
        }
        // An end meanwhile leaves the last attempt to drain().
        return !stopping.await(delay.toNanos(), TimeUnit.NANOSECONDS);
    }

    private static String words(Status status) {
        String words = status.getCode().toString();
        if (status.getDescription() != null) {
            words += ": " + status.getDescription();
        }
        return status.getCause() == null
                ? words
                : words + " (" + status.getCause().getMessage() + ")";
    }
}
