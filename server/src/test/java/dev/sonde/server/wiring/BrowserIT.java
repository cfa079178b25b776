package dev.sonde.server.wiring;

import static dev.sonde.server.wiring.TestServer.resource;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The page and its headers; paths that climb; pages of others that use a reader's browser. */
final class BrowserIT {

    @TempDir
    private static Path data;

    private static TestServer server;

    @BeforeAll
    static void start() {
        ServerConfig config = TestServer.config(data);
        server = TestServer.start(
                new ServerConfig(
                        config.listen(),
                        config.data(),
                        config.retention(),
                        config.ingest(),
                        config.symbols(),
                        Set.of("sonde.example")),
                Clock.fixed(TestServer.NOW, ZoneOffset.UTC));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    /** The answer to bytes sent as they are, which no client library would send. */
    private static String raw(String request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            OutputStream out = socket.getOutputStream();
            out.write(request.getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String rawGet(String path, String host) throws IOException {
        return raw("GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n");
    }

    private static int status(String response) {
        return Integer.parseInt(response.split(" ", 3)[1]);
    }

    @Test
    void thePageIsServedWithItsPolicy() {
        HttpResponse<String> page = server.get("/");
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.body()).contains("<!doctype html>");
        assertThat(page.headers().firstValue("content-type").orElseThrow()).startsWith("text/html");
        assertThat(page.headers().firstValue("content-security-policy").orElseThrow())
                .startsWith("default-src 'self';")
                .doesNotContain("unsafe");
        assertThat(page.headers().firstValue("x-content-type-options")).contains("nosniff");
    }

    @Test
    void anUnchangedFileIsNotSentAgain() {
        HttpResponse<String> first = server.get("/index.html");
        HttpRequest again = HttpRequest.newBuilder(server.uri("/index.html"))
                .header("if-none-match", first.headers().firstValue("etag").orElseThrow())
                .build();
        assertThat(server.send(again).statusCode()).isEqualTo(304);
        assertThat(first.headers().firstValue("cache-control")).contains("no-cache");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/../../../../etc/passwd",
                "/..%2f..%2f..%2fetc/passwd",
                "/%2e%2e/%2e%2e/etc/passwd",
                "/app/../../../../../META-INF/MANIFEST.MF",
                "/..\\..\\etc\\passwd",
                "/%00",
                "//etc/passwd",
                "/./../x",
                "/app/%252e%252e/%252e%252e/x",
                "/dev/sonde/server/wiring/SondeServer.class"
            })
    void pathsThatClimbFindNothing(String path) throws IOException {
        String response = rawGet(path, "127.0.0.1:" + server.port());
        assertThat(status(response)).as(response).isIn(400, 404);
        assertThat(response).contains("{\"error\":\"").doesNotContain("root:");
        assertThat(server.get("/healthz").statusCode()).isEqualTo(200);
    }

    @Test
    void bracesInAUrlAreUnderstoodAsGoSendsThem() throws IOException {
        String response = rawGet("/api/v1/flame?query=nope{service=\"a\"}", "localhost:" + server.port());
        assertThat(status(response)).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GARBAGE\r\n\r\n",
                "GET / HTTP/9.9\r\n\r\n",
                "\0\0\0\0\r\n\r\n",
                "POST / HTTP/1.1\r\ncontent-length: x\r\n\r\n"
            })
    void whatIsNotHttpHurtsNobody(String request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            socket.shutdownOutput();
            String response = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(response).doesNotContain(" 500 ");
        }
        assertThat(server.get("/healthz").statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost:7", "127.0.0.1", "[::1]:80", "10.1.2.3:7070", "LOCALHOST", "sonde.example:443"})
    void hostsOfOurs(String host) throws IOException {
        assertThat(status(rawGet("/api/v1/types", host))).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"evil.example:7070", "localhost.evil.example", "127.0.0.1.evil.example", "[::1].evil"})
    void aHostNameOfAnotherIsRefused(String host) throws IOException {
        String response = rawGet("/api/v1/types", host);
        assertThat(status(response)).isEqualTo(403);
        assertThat(response).contains("--allow-host");
        assertThat(server.rejected("host")).isPositive();
    }

    @Test
    void pagesOfOthersMayNotWrite() {
        HttpRequest.Builder post = HttpRequest.newBuilder(server.uri("/api/v1/profiles?label=service=evil"))
                .POST(HttpRequest.BodyPublishers.ofByteArray(resource("/go-pprof/profile.pb.gz")));
        HttpResponse<String> refused =
                server.send(post.copy().header("origin", "http://evil.example").build());
        assertThat(refused.statusCode()).isEqualTo(403);
        assertThat(server.rejected("origin")).isEqualTo(1);

        String own = "http://127.0.0.1:" + server.port();
        assertThat(server.send(post.copy().header("origin", own).build()).statusCode())
                .isEqualTo(200);
    }

    @Test
    void noAnswerIsOfferedToOtherOrigins() {
        HttpRequest request = HttpRequest.newBuilder(server.uri("/api/v1/types"))
                .header("origin", "http://evil.example")
                .build();
        HttpResponse<String> response = server.send(request);
        assertThat(response.headers().firstValue("access-control-allow-origin")).isEmpty();
    }
}
