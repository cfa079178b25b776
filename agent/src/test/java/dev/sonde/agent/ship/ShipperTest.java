package dev.sonde.agent.ship;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sonde.agent.count.Counts;
import dev.sonde.model.Labels;
import dev.sonde.wire.profilestore.WriteRawRequest;
import io.grpc.Status;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Delivery to a server that refuses, dies, loses its answers and comes back; over real connections. */
@Timeout(60)
class ShipperTest {

    @TempDir
    Path directory;

    private final Counts<ShipDrop> drops = new Counts<>(ShipDrop.class);
    private final Counts<ShipEvent> events = new Counts<>(ShipEvent.class);
    private Spool spool;
    private ServerConnection connection;
    private Shipper shipper;
    private Thread thread;

    @BeforeEach
    void openSpool() throws IOException {
        spool = Spool.open(directory, 1 << 20, drops, events);
    }

    @AfterEach
    void close() throws IOException, InterruptedException {
        stop(Duration.ZERO);
        spool.close();
    }

    private void start(URI server) {
        connection = ServerConnection.to(server);
        Backoff quick = new Backoff(Duration.ofMillis(1), Duration.ofMillis(20), new Random(1));
        shipper = new Shipper(spool, connection::write, events, drops, quick);
        thread = Thread.ofPlatform().name("ship").start(shipper);
    }

    private void stop(Duration drain) throws InterruptedException {
        if (shipper != null) {
            shipper.stop(drain);
            thread.join();
            connection.close();
            shipper = null;
        }
    }

    /** One batch with a profile for each service. */
    private void batch(String... services) {
        ProfileBatch batch = new ProfileBatch(spool::append, drops);
        for (String service : services) {
            batch.add("cpu", Labels.of("service", service), ("profile of " + service).getBytes(StandardCharsets.UTF_8));
        }
        batch.flush();
    }

    private static void waitFor(BooleanSupplier condition) throws InterruptedException {
        while (!condition.getAsBoolean()) {
            Thread.sleep(1);
        }
    }

    private void waitUntilShipped() throws InterruptedException {
        waitFor(() -> spool.size() == 0);
    }

    private static boolean has(WriteRawRequest request, String service) {
        return request.getSeriesList().stream()
                .anyMatch(
                        series -> service.equals(RecordingServer.labels(series).get("service")));
    }

    @Test
    void profilesArriveOnceInOrderWithTheirTypeAndLabels() throws IOException, InterruptedException {
        try (RecordingServer server = new RecordingServer(0)) {
            batch("a", "b");
            batch("c");
            start(server.uri());
            waitUntilShipped();
            assertThat(server.services()).containsExactly("a", "b", "c");
            assertThat(RecordingServer.labels(server.profiles().getFirst()))
                    .containsEntry("__name__", "cpu")
                    .containsEntry("service", "a")
                    .hasSize(2);
            assertThat(events.get(ShipEvent.PROFILE_SHIPPED)).isEqualTo(3);
            // Counted when it has left the spool.
            waitFor(() -> events.get(ShipEvent.BATCH_SHIPPED) == 2);
        }
    }

    @Test
    void whatTheServerRefusesForNowIsTriedUntilItTakesIt() throws IOException, InterruptedException {
        try (RecordingServer server = new RecordingServer(0)) {
            AtomicInteger failures = new AtomicInteger();
            List<Status> faults = List.of(
                    Status.UNAVAILABLE, Status.RESOURCE_EXHAUSTED, Status.DEADLINE_EXCEEDED, Status.UNAUTHENTICATED);
            server.failBefore(request -> {
                int number = failures.getAndIncrement();
                return number < 12 ? faults.get(number % faults.size()) : Status.OK;
            });
            batch("a", "b");
            batch("c");
            start(server.uri());
            waitUntilShipped();
            assertThat(server.services()).containsExactlyInAnyOrder("a", "b", "c");
            assertThat(events.get(ShipEvent.RETRY)).isEqualTo(12);
            assertThat(total(drops)).isZero();
        }
    }

    @Test
    void answersThatAreLostDoubleNothing() throws IOException, InterruptedException {
        try (RecordingServer server = new RecordingServer(0)) {
            Set<Integer> lost = ConcurrentHashMap.newKeySet();
            server.failAfter(request -> lost.add(request.hashCode()) ? Status.UNAVAILABLE : Status.OK);
            batch("a", "b");
            batch("c");
            start(server.uri());
            waitUntilShipped();
            assertThat(server.arrivals()).isEqualTo(6);
            assertThat(server.services()).containsExactly("a", "b", "c");
        }
    }

    @Test
    void onlyTheBadProfileOfABatchIsDropped() throws IOException, InterruptedException {
        try (RecordingServer server = new RecordingServer(0)) {
            server.failBefore(request -> has(request, "bad")
                    ? Status.INVALID_ARGUMENT.withDescription("service bad: no samples (expected: at least 1)")
                    : Status.OK);
            batch("a", "bad", "b");
            batch("bad");
            batch("c");
            start(server.uri());
            waitUntilShipped();
            assertThat(server.services()).containsExactly("a", "b", "c");
            assertThat(drops.get(ShipDrop.REFUSED)).isEqualTo(2);
            assertThat(events.get(ShipEvent.BATCH_SPLIT)).isEqualTo(1);
        }
    }

    @Test
    void aSplitBatchGoesOnWhereItWasWhenTheServerIsAwayMeanwhile() throws IOException, InterruptedException {
        try (RecordingServer server = new RecordingServer(0)) {
            AtomicInteger calls = new AtomicInteger();
            server.failBefore(request -> {
                if (calls.getAndIncrement() % 2 == 1) {
                    return Status.UNAVAILABLE;
                }
                return has(request, "bad") ? Status.INVALID_ARGUMENT : Status.OK;
            });
            batch("a", "bad", "b");
            start(server.uri());
            waitUntilShipped();
            assertThat(server.services()).containsExactly("a", "b");
            assertThat(server.arrivals()).isEqualTo(3 + 2 * 3);
            assertThat(drops.get(ShipDrop.REFUSED)).isEqualTo(1);
        }
    }

    @Test
    void aRequestThatTheServerFailsAtDoesNotHoldUpTheOthersForEver() throws IOException, InterruptedException {
        try (RecordingServer server = new RecordingServer(0)) {
            server.failBefore(request -> has(request, "poison") ? Status.INTERNAL : Status.OK);
            batch("poison", "a");
            batch("b");
            start(server.uri());
            waitFor(() -> server.services().size() == 2);
            long retries = events.get(ShipEvent.RETRY);
            waitFor(() -> events.get(ShipEvent.RETRY) > retries + 10);
            assertThat(server.services()).containsExactly("b", "a");
            assertThat(spool.size()).as("kept").isEqualTo(1);
            assertThat(total(drops)).isZero();
            server.failBefore(request -> Status.OK);
            waitUntilShipped();
            assertThat(server.services()).containsExactly("b", "a", "poison");
        }
    }

    @Test
    void whatTheServerFailsAtForADayIsDroppedAndCounted() throws IOException, InterruptedException {
        try (RecordingServer server = new RecordingServer(0)) {
            server.failBefore(request -> Status.INTERNAL);
            batch("a", "b");
            spool.close();
            Instant old = Instant.now().minus(Shipper.MAX_AGE).minusSeconds(60);
            Files.setLastModifiedTime(directory.resolve("0000000000000000.batch"), FileTime.from(old));
            spool = Spool.open(directory, 1 << 20, drops, events);
            start(server.uri());
            waitUntilShipped();
            assertThat(drops.get(ShipDrop.SERVER_ERROR)).isEqualTo(2);
        }
    }

    @Test
    void onlyTheProfileBeyondTheServersMessageLimitIsDropped() throws IOException, InterruptedException {
        try (RecordingServer server = new RecordingServer(0)) {
            server.failBefore(request -> has(request, "large")
                    ? Status.RESOURCE_EXHAUSTED.withDescription("gRPC message exceeds maximum size 10: 20")
                    : Status.OK);
            batch("a", "large", "b");
            start(server.uri());
            waitUntilShipped();
            assertThat(server.services()).containsExactly("a", "b");
            assertThat(drops.get(ShipDrop.TOO_LARGE)).isEqualTo(1);
        }
    }

    @Test
    void aFaultOfTheAgentIsCountedAndDoesNotEndTheThread() throws InterruptedException {
        AtomicInteger calls = new AtomicInteger();
        Backoff quick = new Backoff(Duration.ofMillis(1), Duration.ofMillis(20), new Random(1));
        Shipper faulty = new Shipper(
                spool,
                (request, deadline) -> {
                    if (calls.getAndIncrement() == 0) {
                        throw new IllegalStateException("a fault of the agent");
                    }
                },
                events,
                drops,
                quick);
        batch("a");
        Thread running = Thread.ofPlatform().start(faulty);
        waitUntilShipped();
        faulty.stop(Duration.ZERO);
        running.join();
        assertThat(events.get(ShipEvent.ERROR)).isEqualTo(1);
        assertThat(events.get(ShipEvent.PROFILE_SHIPPED)).isEqualTo(1);
    }

    @Test
    void aServerThatDiesAndComesBackLosesAndDoublesNothing() throws IOException, InterruptedException {
        RecordingServer first = new RecordingServer(0);
        int port = first.port();
        start(first.uri());
        batch("a");
        waitUntilShipped();
        first.close();
        batch("b");
        batch("c");
        waitFor(() -> events.get(ShipEvent.RETRY) >= 3);
        try (RecordingServer second = new RecordingServer(port)) {
            waitUntilShipped();
            assertThat(first.services()).containsExactly("a");
            assertThat(second.services()).containsExactly("b", "c");
        }
    }

    @Test
    void theSpoolIsPickedUpByTheNextAgent() throws IOException, InterruptedException {
        start(unusedUri());
        batch("a");
        batch("b");
        waitFor(() -> events.get(ShipEvent.RETRY) >= 1);
        stop(Duration.ofMillis(50));
        spool.close();
        assertThat(events.get(ShipEvent.PROFILE_SHIPPED)).isZero();

        spool = Spool.open(directory, 1 << 20, drops, events);
        batch("c");
        try (RecordingServer server = new RecordingServer(0)) {
            start(server.uri());
            waitUntilShipped();
            assertThat(server.services()).containsExactly("a", "b", "c");
        }
    }

    @Test
    void theLastWindowIsSentBeforeTheEnd() throws IOException, InterruptedException {
        try (RecordingServer server = new RecordingServer(0)) {
            start(server.uri());
            batch("last");
            stop(Duration.ofSeconds(20));
            assertThat(server.services()).containsExactly("last");
        }
    }

    @Test
    void aServerThatDoesNotAnswerDoesNotHoldUpTheEnd() throws IOException, InterruptedException {
        // A listener that never accepts: connections hang in its backlog.
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            start(URI.create("http://127.0.0.1:" + silent.getLocalPort()));
            batch("waits");
            shipper.stop(Duration.ofMillis(100));
            assertThat(spool.size()).isEqualTo(1);
            connection.close();
            thread.join();
            assertThat(spool.size()).as("still there for the next agent").isEqualTo(1);
        }
    }

    @Test
    void aWindowOfManyProfilesIsCutIntoRequestsOfBoundedSize() throws IOException, InterruptedException {
        try (RecordingServer server = new RecordingServer(0)) {
            AtomicInteger largest = new AtomicInteger();
            server.failBefore(request -> {
                largest.accumulateAndGet(request.getSerializedSize(), Math::max);
                return Status.OK;
            });
            spool.close();
            spool = Spool.open(directory, 64 << 20, drops, events);
            ProfileBatch batch = new ProfileBatch(spool::append, drops);
            for (int i = 0; i < 20; i++) {
                batch.add("cpu", Labels.of("service", "s" + i), new byte[700_000]);
            }
            batch.add("cpu", Labels.of("service", "huge"), new byte[ProfileBatch.MAX_PROFILE_BYTES + 1]);
            batch.flush();
            start(server.uri());
            waitUntilShipped();
            assertThat(server.services())
                    .containsExactlyElementsOf(
                            IntStream.range(0, 20).mapToObj(i -> "s" + i).toList());
            assertThat(largest.get()).isLessThanOrEqualTo(ProfileBatch.MAX_REQUEST_BYTES + 1024);
            assertThat(drops.get(ShipDrop.TOO_LARGE)).isEqualTo(1);
        }
    }

    private static URI unusedUri() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return URI.create("http://127.0.0.1:" + socket.getLocalPort());
        }
    }

    private static long total(Counts<ShipDrop> drops) {
        long[] sum = new long[1];
        drops.forEach((drop, count) -> sum[0] += count);
        return sum[0];
    }
}
