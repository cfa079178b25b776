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
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

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
        drops.add(Drop.WINDOW_STACKS_FULL, 4);
        Counts<StackOutcome> outcomes = new Counts<>(StackOutcome.class);
        outcomes.add(StackOutcome.COMPLETE, 70);
        outcomes.add(StackOutcome.NO_CALL, 20);
        outcomes.add(StackOutcome.DEPTH_LIMIT, 10);
        Counts<ShipDrop> shipDrops = new Counts<>(ShipDrop.class);
        shipDrops.add(ShipDrop.SPOOL_FULL, 2);
        AgentMetrics metrics = new AgentMetrics();
        metrics.sampling(() -> new SamplerCounters(110, 5, 3, 0, 100, 7, 0, 0, 0, 0, 0), drops, () -> 9);
        metrics.stacks(outcomes);
        metrics.processes(() -> 12, new Counts<>(ProcessEvent.class), new Counts<>(MappingEvent.class));
        metrics.shipping(new Counts<>(ShipEvent.class), shipDrops, new Counts<>(UploadOutcome.class));
        metrics.gauge("sonde_agent_spool_bytes", "Bytes", () -> 1234);
        return metrics;
    }

    @Test
    void metricsHaveTheirNamesReasonsAndCounts() throws IOException, InterruptedException {
        try (MetricsServer server = MetricsServer.start(ANY_PORT, metrics().registry(), () -> true)) {
            HttpResponse<String> answer = get(server, "/metrics");
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.headers().firstValue("Content-Type"))
                    .hasValueSatisfying(type -> assertThat(type).startsWith("text/plain"));
            assertThat(answer.body().lines())
                    .contains(
                            "sonde_agent_samples_total{type=\"cpu\"} 100.0",
                            "sonde_agent_samples_lost_total{reason=\"ring-full\"} 7.0",
                            "sonde_agent_samples_lost_total{reason=\"late-tick\"} 3.0",
                            "sonde_agent_samples_lost_total{reason=\"window-stacks-full\"} 4.0",
                            "sonde_agent_stacks_total{outcome=\"complete\"} 70.0",
                            "sonde_agent_stacks_total{outcome=\"truncated\"} 30.0",
                            "sonde_agent_stacks_truncated_total{reason=\"no-call\"} 20.0",
                            "sonde_agent_stacks_truncated_total{reason=\"depth-limit\"} 10.0",
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
        try (MetricsServer server = MetricsServer.start(ANY_PORT, metrics().registry(), healthy::get)) {
            assertThat(get(server, "/healthz").statusCode()).isEqualTo(200);
            healthy.set(false);
            assertThat(get(server, "/healthz").statusCode()).isEqualTo(503);
            assertThat(get(server, "/healthz/../etc/passwd").statusCode()).isEqualTo(404);
            assertThat(get(server, "/metricsx").statusCode()).isEqualTo(404);
        }
    }

    @Test
    void aTakenPortIsAnErrorOfTheCaller() throws IOException {
        try (MetricsServer server = MetricsServer.start(ANY_PORT, metrics().registry(), () -> true)) {
            assertThatThrownBy(() ->
                            MetricsServer.start(server.address(), metrics().registry(), () -> true))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("in use");
        }
    }
}
