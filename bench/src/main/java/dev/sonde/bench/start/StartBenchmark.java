package dev.sonde.bench.start;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sonde.bench.harness.BenchContext;
import dev.sonde.bench.harness.Benchmark;
import dev.sonde.bench.harness.BusyMachine;
import dev.sonde.bench.harness.Figure;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * From {@code ./sonde up} to the first flame graph that holds samples: in a fresh clone, which builds first (Maven's
 * own downloads are taken from its cache where they are there), and again once that is built.
 */
public final class StartBenchmark implements Benchmark {

    private static final Duration LIMIT = Duration.ofMinutes(20);
    private static final long POLL_MILLIS = 50;

    @Override
    public List<Figure> run(BenchContext context) throws IOException, InterruptedException {
        Path clone = context.scratch().resolve("clone");
        int exit = new ProcessBuilder("git", "clone", "-q", context.root().toString(), clone.toString())
                .inheritIO()
                .start()
                .waitFor();
        if (exit != 0) {
            throw new IOException("git clone " + context.root() + " ended with " + exit);
        }
        try (BusyMachine busy = new BusyMachine(context.scratch(), Math.toIntExact(LIMIT.toSeconds()))) {
            context.log().println("fresh clone: building and starting");
            double cold = secondsToFlame(clone, context.scratch());
            double first = secondsToFlame(clone, context.scratch());
            double built = secondsToFlame(clone, context.scratch());
            return List.of(
                    Figure.of("fresh clone to first flame graph", cold, 1, "s", ""),
                    Figure.of("built, second start", first, 1, "s", "goal <= 15"),
                    Figure.of("built, third start", built, 1, "s", "goal <= 15"));
        }
    }

    private static double secondsToFlame(Path clone, Path scratch) throws IOException, InterruptedException {
        int port = freePort();
        long start = System.nanoTime();
        Process up = new ProcessBuilder(
                        clone.resolve("sonde").toString(),
                        "up",
                        "--port",
                        Integer.toString(port),
                        "--data",
                        scratch.resolve("data-" + port).toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        scratch.resolve("up.log").toFile()))
                .start();
        try {
            awaitFlame(port, up, start);
            return (System.nanoTime() - start) / 1e9;
        } finally {
            up.destroy();
            if (!up.waitFor(1, TimeUnit.MINUTES)) {
                up.destroyForcibly();
            }
        }
    }

    private static void awaitFlame(int port, Process up, long start) throws IOException, InterruptedException {
        URI flame = URI.create("http://127.0.0.1:" + port + "/api/v1/flame?query=cpu");
        ObjectMapper json = new ObjectMapper();
        try (HttpClient client = HttpClient.newHttpClient()) {
            while (System.nanoTime() - start < LIMIT.toNanos()) {
                if (!up.isAlive()) {
                    throw new IOException("./sonde up ended with " + up.exitValue());
                }
                try {
                    HttpResponse<String> answer =
                            client.send(HttpRequest.newBuilder(flame).build(), HttpResponse.BodyHandlers.ofString());
                    if (answer.statusCode() == 200 && hasSamples(json.readTree(answer.body()))) {
                        return;
                    }
                } catch (IOException notYet) {
                    // Nobody listens before the server is up.
                }
                Thread.sleep(POLL_MILLIS);
            }
        }
        throw new IOException("no flame graph within " + LIMIT);
    }

    private static boolean hasSamples(JsonNode flame) {
        return flame.path("total").path(0).asLong() > 0;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
