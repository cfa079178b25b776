package dev.sonde.agent.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sonde.agent.aggregate.Drop;
import dev.sonde.agent.count.Counts;
import dev.sonde.agent.kernel.SamplerCounters;
import dev.sonde.agent.kernel.StackOutcome;
import dev.sonde.agent.mapping.MappingEvent;
import dev.sonde.agent.process.ProcessEvent;
import dev.sonde.agent.ship.ShipDrop;
import dev.sonde.agent.ship.ShipEvent;
import dev.sonde.agent.ship.UploadOutcome;
import dev.sonde.agent.unwind.copied.CopyEvent;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class MetricsServerTest {

    private static final InetSocketAddress ANY_PORT = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    private static HttpResponse<String> get(MetricsServer server, String path)
            throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            URI uri = URI.create("http://127.0.0.1:" + server.address().getPort() + path);
            return client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
        }
    }

    private static AgentMetrics metrics() {
        Counts<Drop> drops = new Counts<>(Drop.class);
        drops.add(Drop.WINDOW_FULL, 4);
        Counts<StackOutcome> outcomes = new Counts<>(StackOutcome.class);
        outcomes.add(StackOutcome.COMPLETE, 70);
        outcomes.add(StackOutcome.NO_CALL, 20);
        outcomes.add(StackOutcome.DEPTH_LIMIT, 10);
        Counts<ShipDrop> shipDrops = new Counts<>(ShipDrop.class);
        shipDrops.add(ShipDrop.SPOOL_FULL, 2);
        AgentMetrics metrics = new AgentMetrics();
        Supplier<SamplerCounters> counters = () -> new SamplerCounters(
                110, 5, 3, 0, 100, 7, 0, 0, 0, 0, 0, 0, 0, new SamplerCounters.StackCopies(40, 4, 3, 2, 1));
        metrics.sampling(counters, drops, () -> 9);
        metrics.stacks(outcomes);
        Counts<CopyEvent> copies = new Counts<>(CopyEvent.class);
        copies.add(CopyEvent.FINISHED, 30);
        copies.add(CopyEvent.DEADLINE, 6);
        metrics.stackCopies(counters, copies);
        metrics.processes(() -> 12, new Counts<>(ProcessEvent.class), new Counts<>(MappingEvent.class));
        metrics.shipping(new Counts<>(ShipEvent.class), shipDrops, new Counts<>(UploadOutcome.class));
        metrics.gauge("sonde_agent_spool_bytes", "Bytes", () -> 1234);
        return metrics;
    }

    @Test
    void metricsHaveTheirNamesReasonsAndCounts() throws IOException, InterruptedException {
        try (MetricsServer server = MetricsServer.start(ANY_PORT, metrics().registry(), () -> true, Map.of())) {
            HttpResponse<String> answer = get(server, "/metrics");
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.headers().firstValue("Content-Type"))
                    .hasValueSatisfying(type -> assertThat(type).startsWith("text/plain"));
            assertThat(answer.body().lines())
                    .contains(
                            "sonde_agent_samples_total{type=\"cpu\"} 100.0",
                            "sonde_agent_samples_lost_total{reason=\"ring-full\"} 7.0",
                            "sonde_agent_samples_lost_total{reason=\"late-tick\"} 3.0",
                            "sonde_agent_samples_lost_total{reason=\"window-full\"} 4.0",
                            "sonde_agent_stacks_total{outcome=\"complete\"} 70.0",
                            "sonde_agent_stacks_total{outcome=\"truncated\"} 30.0",
                            "sonde_agent_stacks_truncated_total{reason=\"no-call\"} 20.0",
                            "sonde_agent_stacks_truncated_total{reason=\"depth-limit\"} 10.0",
                            "sonde_agent_stacks_finished_total 30.0",
                            "sonde_agent_stacks_not_finished_total{reason=\"rate-limit\"} 4.0",
                            "sonde_agent_stacks_not_finished_total{reason=\"ring-full\"} 3.0",
                            "sonde_agent_stacks_not_finished_total{reason=\"busy\"} 2.0",
                            "sonde_agent_stacks_not_finished_total{reason=\"stack-unreadable\"} 1.0",
                            "sonde_agent_stacks_not_finished_total{reason=\"deadline\"} 6.0",
                            "sonde_agent_samples_excluded_total 9.0",
                            "sonde_agent_processes 12.0",
                            "sonde_agent_ship_dropped_total{reason=\"spool-full\"} 2.0",
                            "sonde_agent_spool_bytes 1234.0")
                    .noneMatch(line -> line.contains("reason=\"complete\""));
        }
    }

    @Test
    void healthFollowsTheAgent() throws IOException, InterruptedException {
        AtomicBoolean healthy = new AtomicBoolean(true);
        try (MetricsServer server = MetricsServer.start(ANY_PORT, metrics().registry(), healthy::get, Map.of())) {
            assertThat(get(server, "/healthz").statusCode()).isEqualTo(200);
            healthy.set(false);
            assertThat(get(server, "/healthz").statusCode()).isEqualTo(503);
            assertThat(get(server, "/healthz/../etc/passwd").statusCode()).isEqualTo(404);
            assertThat(get(server, "/metricsx").statusCode()).isEqualTo(404);
        }
    }

    @Test
    void pagesGetTheirQuestions() throws IOException, InterruptedException {
        Map<String, MetricsServer.Page> pages =
                Map.of("/debug/unwind", query -> MetricsServer.Content.text("asked: " + query));
        try (MetricsServer server = MetricsServer.start(ANY_PORT, metrics().registry(), () -> true, pages)) {
            assertThat(get(server, "/debug/unwind").body()).isEqualTo("asked: ");
            assertThat(get(server, "/debug/unwind?format=json").body()).isEqualTo("asked: format=json");
            assertThat(get(server, "/debug/unwind/more").statusCode()).isEqualTo(404);
            assertThat(get(server, "/debug").statusCode()).isEqualTo(404);
        }
    }

    @Test
    void aHalfSentRequestHoldsUpNobody() throws IOException, InterruptedException {
        try (MetricsServer server = MetricsServer.start(ANY_PORT, metrics().registry(), () -> true, Map.of());
                Socket half = new Socket(
                        server.address().getAddress(), server.address().getPort())) {
            half.getOutputStream().write("GET /metrics HT".getBytes(StandardCharsets.US_ASCII));
            half.getOutputStream().flush();
            assertThat(get(server, "/healthz").statusCode()).isEqualTo(200);
            assertThat(get(server, "/metrics").statusCode()).isEqualTo(200);
            assertThat(server.stop()).isTrue();
        }
    }

    @Test
    @Timeout(120)
    void manyHalfSentRequestsHoldUpTheOthersOnlyUntilTheirTimeIsOver() throws IOException, InterruptedException {
        List<Socket> halves = new ArrayList<>();
        try (MetricsServer server = MetricsServer.start(ANY_PORT, metrics().registry(), () -> true, Map.of())) {
            for (int i = 0; i < 5; i++) {
                Socket half = new Socket(
                        server.address().getAddress(), server.address().getPort());
                half.getOutputStream().write("GET /metrics HT".getBytes(StandardCharsets.US_ASCII));
                halves.add(half);
            }
            assertThat(get(server, "/healthz").statusCode()).isEqualTo(200);
        } finally {
            for (Socket half : halves) {
                half.close();
            }
        }
    }

    @Test
    void theEndWaitsForTheScrapeUnderWay() throws IOException, InterruptedException {
        CountDownLatch reading = new CountDownLatch(1);
        AtomicBoolean read = new AtomicBoolean();
        AgentMetrics metrics = metrics();
        metrics.gauge("sonde_agent_slow", "Slow to read", () -> {
            reading.countDown();
            long until = System.nanoTime() + 200_000_000L;
            while (System.nanoTime() < until) {
                Thread.onSpinWait();
            }
            read.set(true);
            return 1;
        });
        MetricsServer server = MetricsServer.start(ANY_PORT, metrics.registry(), () -> true, Map.of());
        try (Socket socket =
                new Socket(server.address().getAddress(), server.address().getPort())) {
            socket.getOutputStream()
                    .write("GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            reading.await();
            assertThat(server.stop()).isTrue();
            assertThat(read).isTrue();
        }
    }

    @Test
    void aTakenPortIsAnErrorOfTheCaller() throws IOException {
        try (MetricsServer server = MetricsServer.start(ANY_PORT, metrics().registry(), () -> true, Map.of())) {
            assertThatThrownBy(() ->
                            MetricsServer.start(server.address(), metrics().registry(), () -> true, Map.of()))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("in use");
        }
    }
}
