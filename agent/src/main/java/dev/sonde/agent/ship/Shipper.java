package dev.sonde.agent.ship;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.sonde.agent.count.Counts;
import dev.sonde.wire.profilestore.RawProfileSeries;
import dev.sonde.wire.profilestore.WriteRawRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends the spool's batches, oldest first, and removes each only when every profile of it was acknowledged or refused for
 * good. A request that the server refuses is sent again profile by profile, so that only the bad ones are dropped. The
 * bytes never change between attempts: what arrived already is known to the server by its hash.
 */
public final class Shipper implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(Shipper.class);

    static final Duration FIRST_DELAY = Duration.ofSeconds(1);
    static final Duration LAST_DELAY = Duration.ofSeconds(60);

    /** Longer than any healthy server takes for {@link ProfileBatch#MAX_REQUEST_BYTES}. */
    private static final Duration DEADLINE = Duration.ofSeconds(30);

    private static final Duration IDLE_WAIT = Duration.ofSeconds(1);

    /** Failures of the server at one request before it is taken for the request's fault. */
    static final int MAX_SUSPECT = 10;

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
                Optional<Spool.Batch> batch = spool.take(IDLE_WAIT);
                if (batch.isPresent()) {
                    ship(batch.get());
                }
            }
            drain();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
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

    /** Works on a batch until nothing of it is left; false when it had to stay because of the end. */
    private boolean ship(Spool.Batch batch) throws InterruptedException {
        Optional<WriteRawRequest> whole = parse(batch);
        if (whole.isEmpty()) {
            spool.remove(batch);
            return true;
        }
        Deque<WriteRawRequest> requests = new ArrayDeque<>();
        requests.add(whole.get());
        int suspect = 0;
        while (!requests.isEmpty()) {
            Optional<Status> failure = send(requests.peekFirst());
            Verdict verdict =
                    failure.isEmpty() ? null : Verdict.of(failure.get().getCode());
            if (verdict == null) {
                acknowledged(requests.removeFirst());
                suspect = 0;
            } else if (verdict == Verdict.REFUSED || (verdict == Verdict.SUSPECT && ++suspect >= MAX_SUSPECT)) {
                refused(requests, failure.get(), verdict);
                suspect = 0;
            } else if (!waitForRetry(failure.get())) {
                return false;
            }
        }
        spool.remove(batch);
        events.increment(ShipEvent.BATCH_SHIPPED);
        return true;
    }

    private Optional<WriteRawRequest> parse(Spool.Batch batch) {
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
    private void refused(Deque<WriteRawRequest> requests, Status why, Verdict verdict) {
        WriteRawRequest request = requests.removeFirst();
        if (request.getSeriesCount() > 1) {
            events.increment(ShipEvent.BATCH_SPLIT);
            for (int i = request.getSeriesCount() - 1; i >= 0; i--) {
                requests.addFirst(only(request, request.getSeries(i)));
            }
            return;
        }
        LOG.warn("the server refused a profile, which is dropped: {}", words(why));
        drops.increment(verdict == Verdict.REFUSED ? ShipDrop.REFUSED : ShipDrop.SERVER_ERROR);
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
