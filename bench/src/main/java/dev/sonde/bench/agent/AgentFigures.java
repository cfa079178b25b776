package dev.sonde.bench.agent;

import dev.sonde.bench.harness.BenchContext;
import dev.sonde.bench.harness.SondeProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/** What a running agent tells of itself, by its /metrics. */
public final class AgentFigures {

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
