package dev.sonde.e2e;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A server of the build under test, in a JVM of its own, on a free port over fresh data. */
final class ServerProcess implements AutoCloseable {

    /** Time to drain; a server that needs longer at a stop is at fault. */
    private static final long STOP_SECONDS = 30;

    private final Process process;
    private final URI address;
    private final HttpClient client = HttpClient.newHttpClient();

    private ServerProcess(Process process, URI address) {
        this.process = process;
        this.address = address;
    }

    /**
     * Starts one and returns once it answers.
     *
     * @param folder for its data and its log
     */
    static ServerProcess start(Path folder) throws IOException {
        Path log = folder.resolve("server.log");
        Process process = JavaProgram.start(
                "dev.sonde.server.cli.Main",
                log,
                List.of(
                        "server",
                        "--listen",
                        "127.0.0.1:0",
                        "--data",
                        folder.resolve("data").toString()));
        BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
        String url = output.readLine();
        if (url == null) {
            throw new IOException("the server ended before it answered:\n" + Files.readString(log));
        }
        return new ServerProcess(process, URI.create(url.strip()));
    }

    /** The page's address, without a slash at the end. */
    String url() {
        return address.toString().replaceAll("/$", "");
    }

    /** What it answers to a GET, which must be 200. */
    String get(String pathAndQuery) throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(url() + pathAndQuery)).build();
        HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
        return checked(request, response);
    }

    /** Posts one body, which must be taken. */
    void post(String pathAndQuery, byte[] body) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url() + pathAndQuery))
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build();
        checked(request, client.send(request, HttpResponse.BodyHandlers.ofString()));
    }

    private static String checked(HttpRequest request, HttpResponse<String> response) throws IOException {
        if (response.statusCode() != 200) {
            throw new IOException(request.method() + " " + request.uri() + ": " + response.statusCode() + " "
                    + response.body() + " (expected: 200)");
        }
        return response.body();
    }

    @Override
    public void close() throws IOException, InterruptedException {
        client.close();
        process.destroy();
        if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IOException("the server did not stop within " + STOP_SECONDS + " s");
        }
    }
}
