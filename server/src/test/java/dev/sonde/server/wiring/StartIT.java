package dev.sonde.server.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What keeps a server from starting is said, with what to do; what an earlier one kept is there. */
final class StartIT {

    @TempDir
    private Path data;

    private static ServerConfig onPort(ServerConfig config, int port) {
        return new ServerConfig(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                config.data(),
                config.retention(),
                config.ingest(),
                config.symbols(),
                config.allowedHosts());
    }

    @Test
    void aTakenPortIsNamedAndTheFolderLetGo() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = taken.getLocalPort();
            assertThatThrownBy(() -> SondeServer.start(onPort(TestServer.config(data), port)))
                    .isInstanceOf(StartException.class)
                    .hasMessageContaining(":" + port + ":")
                    .hasMessageContaining("Address already in use")
                    .hasMessageContaining("--listen")
                    .hasMessageContaining("--port");
        }
        TestServer.start(data).close();
    }

    @Test
    void aFolderThatCannotBeWritten() throws IOException {
        Path file = Files.writeString(data.resolve("file"), "x");
        assertThatThrownBy(() -> SondeServer.start(TestServer.config(file.resolve("data"))))
                .isInstanceOf(StartException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("expected: a writable folder")
                .hasMessageContaining("--data");
    }

    @Test
    void aSymbolsFolderThatCannotBeWritten() throws IOException {
        Files.writeString(data.resolve("symbols"), "a file where a folder should be");
        assertThatThrownBy(() -> SondeServer.start(TestServer.config(data)))
                .isInstanceOf(StartException.class)
                .hasMessageContaining("symbols folder")
                .hasMessageContaining("--data");
        // The store was let go again: nothing else is in the way.
        Files.delete(data.resolve("symbols"));
        TestServer.start(data).close();
    }

    @Test
    void aFolderOfANewerVersion() throws IOException {
        TestServer.start(data).close();
        Files.writeString(data.resolve("VERSION"), "99\n");
        assertThatThrownBy(() -> SondeServer.start(TestServer.config(data)))
                .isInstanceOf(StartException.class)
                .hasMessageContaining("99")
                .hasMessageContaining("newer");
    }

    @Test
    void aFolderInUse() {
        TestServer first = TestServer.start(data);
        try {
            assertThatThrownBy(() -> SondeServer.start(TestServer.config(data)))
                    .isInstanceOf(StartException.class)
                    .hasMessageContaining("in use");
        } finally {
            first.close();
        }
    }

    @Test
    void profilesAreThereAfterARestart() {
        TestServer first = TestServer.start(data);
        first.post(TestServer.resource("/go-pprof/profile.pb.gz"), "?label=service=api");
        String before = first.get(TestServer.question("flame", "cpu", "")).body();
        first.close();

        TestServer second = TestServer.start(data);
        try {
            assertThat(second.get(TestServer.question("flame", "cpu", "")).body())
                    .isEqualTo(before)
                    .contains("main.spin");
            assertThat(second.post(TestServer.resource("/go-pprof/profile.pb.gz"), "?label=service=api")
                            .body())
                    .isEqualTo("{\"stored\":0,\"known\":1}");
        } finally {
            second.close();
        }
    }

    @Test
    void retentionDropsOldDays() {
        TestServer first = TestServer.start(data);
        first.post(TestServer.resource("/go-pprof/profile.pb.gz"), "?label=service=api");
        first.close();

        Clock weekLater = Clock.offset(Clock.fixed(TestServer.NOW, ZoneOffset.UTC), Duration.ofDays(9));
        TestServer second = TestServer.start(TestServer.config(data), weekLater);
        try {
            assertThat(second.json(second.get("/api/v1/types")).get("types")).isNotNull();
            long deadline = System.nanoTime() + 20_000_000_000L;
            while (!second.json(second.get("/api/v1/types")).get("types").isEmpty() && System.nanoTime() < deadline) {
                LockSupport.parkNanos(10_000_000);
            }
            assertThat(second.json(second.get("/api/v1/types")).get("types")).isEmpty();
        } finally {
            second.close();
        }
    }
}
