package dev.sonde.server.wiring;

import static dev.sonde.server.wiring.TestServer.question;
import static dev.sonde.server.wiring.TestServer.resource;
import static org.assertj.core.api.Assertions.assertThat;

import com.linecorp.armeria.server.Server;
import dev.sonde.server.metrics.SymbolMetrics;
import dev.sonde.server.store.Cancellation;
import dev.sonde.server.store.ProfileStore;
import dev.sonde.server.store.StoreException;
import dev.sonde.server.store.duckdb.DuckDbProfileStore;
import dev.sonde.server.store.duckdb.StoreSettings;
import dev.sonde.server.symbols.Symbols;
import dev.sonde.server.web.health.Readiness;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Questions that take for ever, and what they must not hold up. */
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class SlowQuestionsIT {

    private static final Clock CLOCK = Clock.fixed(TestServer.NOW, ZoneOffset.UTC);

    @TempDir
    private Path data;

    private final CompletableFuture<Void> mayMerge = new CompletableFuture<>();
    private final AtomicInteger merging = new AtomicInteger();
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private ProfileStore store;
    private Symbols symbols;
    private Server server;

    @BeforeEach
    void start() throws Exception {
        ServerConfig config = TestServer.config(data);
        PrometheusRegistry registry = new PrometheusRegistry();
        store = new HeldStore(DuckDbProfileStore.open(data, StoreSettings.defaults()), this::awaitMerge);
        symbols = Symbols.open(
                data.resolve("symbols"), config.symbols(), name -> name, new SymbolMetrics(registry), CLOCK);
        server = new Services(config, store, symbols, registry, new Readiness(), CLOCK).build();
        server.start().join();
    }

    @AfterEach
    void stop() throws Exception {
        mayMerge.complete(null);
        http.close();
        server.stop().join();
        symbols.close();
        store.close();
    }

    /** Waits until merges may go on, or until nobody wants this one any more. */
    private void awaitMerge() throws StoreException {
        CountDownLatch goOn = new CountDownLatch(1);
        var _ = mayMerge.thenRun(goOn::countDown);
        merging.incrementAndGet();
        try (Cancellation.Registration _ = Cancellation.current().onCancel(goOn::countDown)) {
            goOn.await();
        } catch (InterruptedException e) {
            throw new StoreException("merge: interrupted", e);
        }
        Cancellation.current().check();
    }

    private URI uri(String pathAndQuery) {
        return URI.create("http://127.0.0.1:" + server.activeLocalPort() + pathAndQuery);
    }

    private HttpResponse<String> post() throws Exception {
        HttpRequest request = HttpRequest.newBuilder(uri("/api/v1/profiles?label=service=a"))
                .POST(HttpRequest.BodyPublishers.ofByteArray(resource("/go-pprof/profile.pb.gz")))
                .build();
        return http.send(request, BodyHandlers.ofString());
    }

    private CompletableFuture<HttpResponse<String>> ask() {
        HttpRequest request =
                HttpRequest.newBuilder(uri(question("flame", "cpu", ""))).build();
        return http.sendAsync(request, BodyHandlers.ofString());
    }

    /** Threads that answer a question or wait for its turn. */
    private static long threadsInQuestions() {
        return Thread.getAllStackTraces().values().stream()
                .filter(stack -> List.of(stack).stream()
                        .anyMatch(frame -> frame.getClassName().equals("dev.sonde.server.web.Questions")))
                .count();
    }

    @Test
    void acknowledgementsDoNotWaitForThem() throws Exception {
        List<CompletableFuture<HttpResponse<String>>> questions = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            questions.add(ask());
        }
        while (threadsInQuestions() < Pools.QUESTION_THREADS) {
            LockSupport.parkNanos(1_000_000);
        }

        assertThat(post().statusCode()).isEqualTo(200);
        assertThat(http.send(HttpRequest.newBuilder(uri("/metrics")).build(), BodyHandlers.ofString())
                        .statusCode())
                .isEqualTo(200);
        // Those whose turn it is not would be refused after a time; until then nothing of theirs was free.
        assertThat(questions).noneMatch(CompletableFuture::isDone);

        mayMerge.complete(null);
        for (CompletableFuture<HttpResponse<String>> question : questions) {
            assertThat(question.get().statusCode()).isEqualTo(200);
        }
    }

    @Test
    void whoLeavesGivesHisTurnBack() throws Exception {
        List<Socket> clients = new ArrayList<>();
        for (int i = 0; i < Pools.QUESTION_THREADS; i++) {
            clients.add(askAndLeaveLater());
        }
        while (merging.get() == 0 || threadsInQuestions() < Pools.QUESTION_THREADS) {
            LockSupport.parkNanos(1_000_000);
        }
        for (Socket client : clients) {
            client.close();
        }
        // Those that merged and those that waited for their turn: none goes on.
        while (threadsInQuestions() > 0) {
            LockSupport.parkNanos(1_000_000);
        }
        assertThat(mayMerge).isNotDone();
        mayMerge.complete(null);
        assertThat(post().statusCode()).isEqualTo(200);
        assertThat(ask().get().statusCode()).isEqualTo(200);
    }

    private Socket askAndLeaveLater() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.activeLocalPort());
        socket.getOutputStream()
                .write(("GET " + question("flame", "cpu", "") + " HTTP/1.1\r\nhost: localhost\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
        return socket;
    }
}
