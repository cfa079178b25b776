package dev.sonde.agent.metrics;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Serves {@code /metrics}, {@code /healthz} and pages for whoever looks into the agent. */
public final class MetricsServer implements AutoCloseable {

    /** Requests are read by these: one who sends half a request holds up one of them, not all, until its time is over. */
    private static final int THREADS = 3;

    /** Seconds, in which a request must have come and an answer have been taken; then its connection is closed. */
    private static final int MAX_SECONDS = 10;

    /** A scraper or two and a probe have one each. */
    private static final int MAX_CONNECTIONS = 32;

    private static final Duration STOP = Duration.ofSeconds(10);

    private static final String TEXT = "text/plain; charset=utf-8";

    private final HttpServer server;
    private final ExecutorService executor;
    private final PrometheusRegistry registry;
    private final PrometheusTextFormatWriter writer =
            PrometheusTextFormatWriter.builder().build();

    /** A page: what is behind the question mark of a request, or an empty text, to a text. */
    public interface Page {
        /** Makes the page. */
        Content of(String query) throws IOException;
    }

    /**
     * What a page answers.
     *
     * @param type its media type
     */
    public record Content(String type, String text) {
        /** Plain text. */
        public static Content text(String text) {
            return new Content(TEXT, text);
        }
    }

    private MetricsServer(HttpServer server, PrometheusRegistry registry) {
        this.server = server;
        this.registry = registry;
        this.executor = Executors.newFixedThreadPool(
                THREADS, Thread.ofPlatform().name("metrics-", 1).daemon().factory());
    }

    /**
     * Starts serving.
     *
     * @param healthy whether the agent does its work
     * @param pages further pages by their paths
     * @throws IOException when the address cannot be bound
     */
    public static MetricsServer start(
            InetSocketAddress address, PrometheusRegistry registry, BooleanSupplier healthy, Map<String, Page> pages)
            throws IOException {
        setLimits();
        MetricsServer metrics = new MetricsServer(HttpServer.create(address, 0), registry);
        metrics.server.createContext("/metrics", exchange -> metrics.answer(exchange, "/metrics", metrics::scrape));
        pages.forEach((path, page) -> metrics.server.createContext(
                path,
                exchange -> metrics.answer(exchange, path, () -> {
                    String query = exchange.getRequestURI().getRawQuery();
                    Content content = page.of(query == null ? "" : query);
                    return new Answer(200, content.type(), content.text().getBytes(StandardCharsets.UTF_8));
                })));
        metrics.server.createContext(
                "/healthz",
                exchange -> metrics.answer(
                        exchange,
                        "/healthz",
                        () -> healthy.getAsBoolean()
                                ? new Answer(200, TEXT, "ok\n".getBytes(StandardCharsets.UTF_8))
                                : new Answer(
                                        503,
                                        TEXT,
                                        "sampling, shipping or unwinding stands still\n"
                                                .getBytes(StandardCharsets.UTF_8))));
        metrics.server.setExecutor(metrics.executor);
        metrics.server.start();
        return metrics;
    }

    /** The server reads its limits from properties, once (module jdk.httpserver); what the operator set counts. */
    private static void setLimits() {
        setDefault("sun.net.httpserver.maxReqTime", MAX_SECONDS);
        setDefault("sun.net.httpserver.maxRspTime", MAX_SECONDS);
        setDefault("jdk.httpserver.maxConnections", MAX_CONNECTIONS);
    }

    private static void setDefault(String property, int value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, Integer.toString(value));
        }
    }

    private record Answer(int status, String contentType, byte[] body) {}

    /** What a path answers. */
    private interface Source {
        Answer get() throws IOException;
    }

    /** One at a time: a scrape reads kernel maps, and whoever asks often waits. */
    private synchronized Answer scrape() throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        writer.write(body, registry.scrape());
        return new Answer(200, PrometheusTextFormatWriter.CONTENT_TYPE, body.toByteArray());
    }

    private void answer(HttpExchange exchange, String path, Source content) throws IOException {
        try (exchange) {
            Answer answer = exchange.getRequestURI().getPath().equals(path)
                    ? content.get()
                    : new Answer(404, TEXT, "/metrics, /healthz or /debug/unwind\n".getBytes(StandardCharsets.UTF_8));
            exchange.getResponseHeaders().set("Content-Type", answer.contentType);
            exchange.sendResponseHeaders(answer.status, answer.body.length);
            try (OutputStream out = exchange.getResponseBody()) {
                out.write(answer.body);
            }
        }
    }

    /** Where it listens. */
    public InetSocketAddress address() {
        return server.getAddress();
    }

    /** Ends serving and waits some seconds for scrapes under way; false when one still reads what it was given. */
    public boolean stop() {
        // Closes all connections, so that nothing waits for a peer any more.
        server.stop(0);
        executor.shutdownNow();
        try {
            return executor.awaitTermination(STOP.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return executor.isTerminated();
        }
    }

    @Override
    public void close() {
        boolean _ = stop();
    }
}
