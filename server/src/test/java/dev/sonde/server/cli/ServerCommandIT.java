package dev.sonde.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sonde.pprof.PprofWriter;
import dev.sonde.server.store.TestProfiles;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command as a process of its own: what it prints, how it ends, what a kill leaves. */
final class ServerCommandIT {

    @TempDir
    private Path data;

    private final List<Process> started = new ArrayList<>();
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @AfterEach
    void stop() throws InterruptedException {
        for (Process process : started) {
            process.destroyForcibly().waitFor();
        }
        http.close();
    }

    private Process start(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Xmx512m",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.sonde.server.cli.Main",
                "server",
                "--data",
                data.toString()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).start();
        started.add(process);
        return process;
    }

    private static String firstLine(Process process) throws IOException {
        return new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8)).readLine();
    }

    private static String all(InputStream stream) throws IOException {
        return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    }

    private HttpResponse<String> get(String url) throws IOException, InterruptedException {
        return http.send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString());
    }

    /** A profile of now: the recorded ones get too old. */
    private HttpResponse<String> post(String url) throws IOException, InterruptedException {
        byte[] pprof = PprofWriter.write(TestProfiles.cpu()
                .sample("main;work", 7)
                .build(System.currentTimeMillis() * 1_000_000 - 5_000_000_000L));
        return http.send(
                HttpRequest.newBuilder(URI.create(url + "/api/v1/profiles?label=service=api"))
                        .POST(HttpRequest.BodyPublishers.ofByteArray(pprof))
                        .build(),
                BodyHandlers.ofString());
    }

    @Test
    void theFirstLineIsTheAddress() throws IOException, InterruptedException {
        Process process = start("--listen", "127.0.0.1:0");
        String url = firstLine(process);
        assertThat(url).matches("http://127\\.0\\.0\\.1:[0-9]+");
        assertThat(get(url + "/readyz").body()).isEqualTo("ready\n");
    }

    @Test
    void whatWasAcknowledgedOutlivesAKill() throws IOException, InterruptedException {
        Process first = start("--listen", "127.0.0.1:0");
        String url = firstLine(first);
        assertThat(post(url).body()).isEqualTo("{\"stored\":1,\"known\":0}");
        first.destroyForcibly().waitFor();

        String again = firstLine(start("--listen", "127.0.0.1:0"));
        assertThat(get(again + "/api/v1/flame?query=cpu.samples&format=collapsed")
                        .body())
                .isEqualTo("main;work 7\n");
    }

    @Test
    void onTermRequestsUnderWayEndFirst() throws IOException, InterruptedException {
        Process process = start("--listen", "127.0.0.1:0");
        URI url = URI.create(firstLine(process));
        try (Socket slow = new Socket(InetAddress.getLoopbackAddress(), url.getPort());
                Socket other = new Socket(InetAddress.getLoopbackAddress(), url.getPort())) {
            OutputStream out = slow.getOutputStream();
            out.write(("POST /api/v1/profiles HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n"
                            + "content-length: 5\r\n\r\nhel")
                    .getBytes(StandardCharsets.ISO_8859_1));
            awaitReady(other, " 200 ");
            process.destroy();
            awaitReady(other, " 503 ");

            out.write("lo".getBytes(StandardCharsets.ISO_8859_1));
            // Refused for what it holds, not cut off.
            assertThat(all(slow.getInputStream())).startsWith("HTTP/1.1 400");
        }
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        // 128 + SIGTERM, as the JVM ends.
        assertThat(process.exitValue()).isEqualTo(143);
        firstLine(start("--listen", "127.0.0.1:0"));
    }

    /** Asks /readyz on one connection until the answer's first line has the status. */
    private static void awaitReady(Socket connection, String status) throws IOException {
        BufferedReader answers =
                new BufferedReader(new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8));
        String line = "";
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!line.contains(status) && System.nanoTime() < deadline) {
            connection
                    .getOutputStream()
                    .write("GET /readyz HTTP/1.1\r\nhost: localhost\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
            line = answers.readLine();
            int length = 0;
            for (String header = answers.readLine(); !header.isEmpty(); header = answers.readLine()) {
                if (header.startsWith("content-length: ")) {
                    length = Integer.parseInt(header.substring("content-length: ".length()));
                }
            }
            answers.skip(length);
            LockSupport.parkNanos(5_000_000);
        }
        assertThat(line).contains(status);
    }

    @Test
    void aTakenPortIsAnErrorInWords() throws IOException, InterruptedException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Process process = start("--listen", "127.0.0.1:" + taken.getLocalPort());
            assertThat(all(process.getInputStream())).isEmpty();
            assertThat(all(process.getErrorStream()))
                    .contains("sonde server: cannot listen on 127.0.0.1:" + taken.getLocalPort())
                    .contains("--listen")
                    .doesNotContain("\tat ");
            assertThat(process.waitFor()).isEqualTo(1);
        }
    }

    @Test
    void anOpenPortIsWarnedOf() throws IOException, InterruptedException {
        Process process = start("--listen", "0.0.0.0:0");
        BufferedReader errors =
                new BufferedReader(new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8));
        String line = errors.readLine();
        while (line != null && !line.startsWith("WARNING: http://")) {
            line = errors.readLine();
        }
        assertThat(line).contains("nothing authenticates yet", "--listen 127.0.0.1:");
    }

    @Test
    void wrongOptionsAreUsageErrors() throws IOException, InterruptedException {
        for (String[] arguments : new String[][] {
            {"--listen", "nowhere"}, {"--retention", "soon"}, {"--late", "0s"}, {"--debuginfo-gib", "0"}, {"--nope"}
        }) {
            Process process = start(arguments);
            assertThat(all(process.getErrorStream())).contains(arguments[0]);
            assertThat(process.waitFor()).as(arguments[0]).isEqualTo(2);
        }
    }
}
