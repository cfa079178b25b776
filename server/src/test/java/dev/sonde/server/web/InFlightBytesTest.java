package dev.sonde.server.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.Server;
import dev.sonde.server.metrics.Rejections;
import dev.sonde.server.web.refusal.Failures;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

final class InFlightBytesTest {

    private final InFlightBytes bytes = new InFlightBytes(1500);

    private Socket post(Server server, int announced, int sent) throws IOException {
        Socket socket = new Socket(
                InetAddress.getLoopbackAddress(),
                server.activePort().localAddress().getPort());
        String head = "POST /x HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: " + announced
                + "\r\n\r\n" + "x".repeat(sent);
        socket.getOutputStream().write(head.getBytes(StandardCharsets.ISO_8859_1));
        return socket;
    }

    private static String answer(Socket socket) throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    private void awaitHeld(long expected) {
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (bytes.heldBytes() != expected && System.nanoTime() < deadline) {
            LockSupport.parkNanos(1_000_000);
        }
        assertThat(bytes.heldBytes()).isEqualTo(expected);
    }

    @Test
    void aBodyOverTheBudgetIsRefusedAndThoseThatEndGiveBack() throws IOException {
        PrometheusRegistry registry = new PrometheusRegistry();
        Server server = Server.builder()
                .http(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .errorHandler(new Failures(new Rejections(registry)))
                .service(
                        "/x",
                        (ctx, request) -> HttpResponse.of(request.aggregate()
                                .thenApply(all -> HttpResponse.of(all.content().length() + "!"))))
                .decorator(bytes::around)
                .build();
        server.start().join();
        try {
            Socket first = post(server, 1400, 1000);
            awaitHeld(1000);
            try (Socket second = post(server, 1000, 1000)) {
                assertThat(answer(second)).startsWith("HTTP/1.1 429").contains("come again later");
            }
            awaitHeld(1000);
            first.close();
            awaitHeld(0);
            try (Socket third = post(server, 1000, 1000)) {
                assertThat(answer(third)).startsWith("HTTP/1.1 200").endsWith("1000!");
            }
            awaitHeld(0);
        } finally {
            server.stop().join();
        }
    }
}
