package dev.sonde.bench.agent;

import dev.sonde.bench.harness.BenchContext;
import dev.sonde.bench.harness.Figure;
import dev.sonde.bench.harness.SondeProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** What a running agent tells of itself, by its /metrics. */
public final class AgentFigures {

    /** At its start an agent makes the tables and uploads the symbols of all that is mapped: its cost once a machine. */
    static final Duration LONGEST_SETTLE = Duration.ofMinutes(4);

    private static final Duration SETTLE_STEP = Duration.ofSeconds(10);

    /** It has settled when a step cost less than this share of a core, twice in a row. */
    private static final double SETTLED_SHARE = 0.01;

    private final HttpClient client = HttpClient.newHttpClient();
    private final URI metrics;

    /** Those of an agent that was started with this address for its metrics. */
    public AgentFigures(String address) {
        metrics = URI.create("http://" + address + "/metrics");
    }

    /** A loopback address that is free now. */
    public static String freeAddress() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return "127.0.0.1:" + socket.getLocalPort();
        }
    }

    /** The sum over all labels of a metric. */
    public double sum(String name) throws IOException, InterruptedException {
        String text = client.send(HttpRequest.newBuilder(metrics).build(), HttpResponse.BodyHandlers.ofString())
                .body();
        return text.lines()
                .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    /** Waits until an agent that was just started is through with what runs already. */
    public static Figure settle(BenchContext context, SondeProcess process) throws IOException, InterruptedException {
        context.log().println("settling for " + LONGEST_SETTLE.toSeconds() + " s at most");
        long seconds = 0;
        for (int calm = 0; calm < 2 && seconds < LONGEST_SETTLE.toSeconds(); seconds += SETTLE_STEP.toSeconds()) {
            Duration before = process.usage().cpu();
            Thread.sleep(SETTLE_STEP);
            Duration used = process.usage().cpu().minus(before);
            calm = used.toNanos() < SETTLED_SHARE * SETTLE_STEP.toNanos() ? calm + 1 : 0;
        }
        return Figure.of("agent settled after", seconds, "s", "longest wait " + LONGEST_SETTLE.toSeconds());
    }

    /** Starts an agent that ships to the server, at 19 Hz. */
    static SondeProcess start(BenchContext context, String server, String address) throws IOException {
        return start(context, server, address, 19);
    }

    /** Starts an agent that ships to the server. */
    public static SondeProcess start(BenchContext context, String server, String address, int hertz)
            throws IOException {
        return SondeProcess.start(
                context,
                "agent",
                "--server",
                server,
                "--hz",
                Integer.toString(hertz),
                "--spool",
                context.scratch().resolve("spool").toString(),
                "--metrics-listen",
                address);
    }
}
