package dev.sonde.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.microsoft.playwright.Browser;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;

/** A server that holds the Go program's profiles, and a browser to look at them. */
final class DemoWorld {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Chromium chromium;
    private final ServerProcess server;
    private final GoDemo demo;

    private DemoWorld(Chromium chromium, ServerProcess server, GoDemo demo) {
        this.chromium = chromium;
        this.server = server;
        this.demo = demo;
    }

    /** Starts both. */
    static DemoWorld start(Path folder) throws IOException, InterruptedException {
        Chromium chromium = Chromium.start();
        ServerProcess server = ServerProcess.start(folder);
        GoDemo demo = GoDemo.endingNow(Instant.now().getEpochSecond());
        demo.postTo(server);
        return new DemoWorld(chromium, server, demo);
    }

    ServerProcess server() {
        return server;
    }

    GoDemo demo() {
        return demo;
    }

    Visit visit() {
        return visit(new Browser.NewContextOptions());
    }

    Visit visit(Browser.NewContextOptions options) {
        return new Visit(chromium.browser(), server.url(), options);
    }

    /** The page's query string for all of the program's CPU time, and more of it. */
    String range(String more) {
        return "?query=" + encoded("cpu{}") + "&from=" + demo.fromSeconds() + "&to=" + demo.toSeconds() + more;
    }

    /** What a function and its callees took, as the API's table has it. */
    long cumulative(String name) throws IOException, InterruptedException {
        JsonNode top = JSON.readTree(server.get("/api/v1/top" + range("&limit=1000")));
        for (JsonNode function : top.get("functions")) {
            if (function.get("name").asText().equals(name)) {
                return function.get("cum").asLong();
            }
        }
        throw new AssertionError(name + " is not in the table: " + top);
    }

    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    void stop() throws IOException, InterruptedException {
        chromium.close();
        server.close();
    }
}
