package dev.sonde.server.wiring;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sonde.server.ingest.IngestLimits;
import dev.sonde.server.symbols.SymbolLimits;
import io.grpc.ManagedChannel;
import io.grpc.okhttp.OkHttpChannelBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** A whole server on a free port of loopback, and clients of it. Its clock stands half an hour after the recordings. */
final class TestServer implements AutoCloseable {

    /** The recorded profiles are of 01:38 to 01:57 of this day. */
    static final Instant NOW = Instant.parse("2026-11-21T02:10:00Z");

    private static final JsonMapper JSON = new JsonMapper();

    private final SondeServer server;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final ManagedChannel channel;

    private TestServer(SondeServer server) {
        this.server = server;
        this.channel = OkHttpChannelBuilder.forAddress(
                        "127.0.0.1", server.address().getPort())
                .usePlaintext()
                .build();
    }

    static ServerConfig config(Path data) {
        return new ServerConfig(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                data,
                Duration.ofDays(7),
                IngestLimits.defaults(),
                SymbolLimits.defaults(1L << 30),
                Set.of());
    }

    static TestServer start(Path data) {
        return start(config(data), Clock.fixed(NOW, ZoneOffset.UTC));
    }

    static TestServer start(ServerConfig config, Clock clock) {
        try {
            return new TestServer(SondeServer.start(config, clock));
        } catch (StartException e) {
            throw new AssertionError(e);
        }
    }

    static byte[] resource(String path) {
        try (InputStream in = TestServer.class.getResourceAsStream(path)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int port() {
        return server.address().getPort();
    }

    ManagedChannel channel() {
        return channel;
    }

    URI uri(String pathAndQuery) {
        return URI.create("http://127.0.0.1:" + port() + pathAndQuery);
    }

    /** A question over all that the recordings cover. */
    static String question(String endpoint, String query, String more) {
        return "/api/v1/" + endpoint + "?from=-2h&query=" + URLEncoder.encode(query, StandardCharsets.UTF_8) + more;
    }

    HttpResponse<String> get(String pathAndQuery) {
        return send(HttpRequest.newBuilder(uri(pathAndQuery)).build());
    }

    HttpResponse<byte[]> getBytes(String pathAndQuery) {
        return sendForBytes(HttpRequest.newBuilder(uri(pathAndQuery)).build());
    }

    HttpResponse<byte[]> sendForBytes(HttpRequest request) {
        try {
            return http.send(request, BodyHandlers.ofByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    HttpResponse<String> send(HttpRequest request) {
        try {
            return http.send(request, BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    HttpResponse<String> post(byte[] pprof, String parameters) {
        return send(HttpRequest.newBuilder(uri("/api/v1/profiles" + parameters))
                .POST(HttpRequest.BodyPublishers.ofByteArray(pprof))
                .build());
    }

    JsonNode json(HttpResponse<String> response) {
        try {
            return JSON.readTree(response.body());
        } catch (IOException e) {
            throw new AssertionError(response.body(), e);
        }
    }

    /** The answer to a question that must succeed. */
    JsonNode ask(String endpoint, String query, String more) {
        HttpResponse<String> response = get(question(endpoint, query, more));
        if (response.statusCode() != 200) {
            throw new AssertionError(response.statusCode() + " " + response.body());
        }
        return json(response);
    }

    /** A number of /metrics; 0 where it is not there. */
    double metric(String nameAndLabels) {
        return get("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(nameAndLabels + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(nameAndLabels.length() + 1)))
                .findFirst()
                .orElse(0);
    }

    double rejected(String reason) {
        return metric("sonde_server_rejected_total{reason=\"" + reason + "\"}");
    }

    @Override
    public void close() {
        channel.shutdownNow();
        try {
            channel.awaitTermination(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        http.close();
        server.close();
    }
}
