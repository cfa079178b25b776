package dev.sonde.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sonde.model.ValueType;
import dev.sonde.pprof.PprofLimits;
import dev.sonde.pprof.PprofReader;
import dev.sonde.pprof.PprofWriter;
import dev.sonde.pprof.Profile;
import dev.sonde.server.ingest.IngestLimits;
import dev.sonde.server.query.GoToolPprof;
import dev.sonde.server.store.TestProfiles;
import dev.sonde.server.symbols.SymbolLimits;
import dev.sonde.server.wiring.ServerConfig;
import dev.sonde.server.wiring.SondeServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The commands against a real server on a free port. */
class QueryCommandsIT {

    @TempDir
    private static Path folder;

    private static SondeServer server;
    private static String url;

    /** What a command did. */
    private record Outcome(int exit, String out, String err) {}

    @BeforeAll
    static void startServer() throws Exception {
        server = SondeServer.start(new ServerConfig(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                folder.resolve("data"),
                Duration.ofDays(7),
                IngestLimits.defaults(),
                SymbolLimits.defaults(1 << 30),
                Set.of()));
        url = "http://127.0.0.1:" + server.address().getPort();
        long now = Instant.now().getEpochSecond() * TestProfiles.SECOND;
        upload(
                TestProfiles.cpu()
                        .sample("main;work", 60)
                        .sample("main;rest", 30)
                        .build(now - 60 * TestProfiles.SECOND),
                "api");
        upload(TestProfiles.cpu().sample("main;evil\u001b[31m", 10).build(now - 20 * TestProfiles.SECOND), "db");
    }

    private static void upload(Profile profile, String service) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<String> response = client.send(
                    HttpRequest.newBuilder(URI.create(url + "/api/v1/profiles?label=service=" + service))
                            .POST(HttpRequest.BodyPublishers.ofByteArray(PprofWriter.write(profile)))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        }
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    private static Outcome run(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine command = Main.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        int exit = command.execute(arguments);
        return new Outcome(exit, out.toString(), err.toString());
    }

    private static Outcome ask(String command, String... more) {
        return run(Stream.concat(Stream.of(command, "--server", url), Stream.of(more))
                .toArray(String[]::new));
    }

    @Test
    void topIsATable() {
        Outcome top = ask("top", "--query", "cpu.samples", "--from", "-1h", "--limit", "2");
        assertThat(top.err).isEmpty();
        assertThat(top.exit).isZero();
        assertThat(top.out.lines().map(line -> line.replaceAll(" +", " ").trim()))
                .containsExactly(
                        "cpu.samples, -1h to now: 100",
                        "flat flat% sum% cum cum% kind function",
                        "60 60.00% 60.00% 60 60.00% native work",
                        "30 30.00% 90.00% 30 30.00% native rest",
                        "10 10.00% in 2 further functions (--limit shows more)");
    }

    @Test
    void valuesHaveUnitsAndNamesNoControlCharacters() {
        Outcome top = ask("top", "--query", "cpu{service=\"db\"}");
        assertThat(top.out).contains("100.00ms").contains("evil?[31m").doesNotContain("\u001b");
    }

    @Test
    void flameIsATreeWithTheLargestFirst() {
        Outcome flame = ask("flame", "--query", "cpu.samples", "--min-share", "0.2");
        assertThat(flame.exit).isZero();
        assertThat(flame.out.lines().toList())
                .containsExactly(
                        "cpu.samples, -1h to now: 100",
                        "   total     self  frame",
                        " 100.00%    0.00%  all",
                        " 100.00%    0.00%    main",
                        "  60.00%   60.00%      work",
                        "  30.00%   30.00%      rest",
                        "  10.00%   10.00%      [below 20%: 1 frame]");
    }

    @Test
    void seriesAreLinesWithTheirCourse() {
        Outcome series = ask("series", "--query", "cpu.samples", "--by", "service", "--step", "10s");
        assertThat(series.exit).isZero();
        assertThat(series.out)
                .contains("10 s a point")
                .containsPattern(" 90 +90 +\\S +.*\\{service=\"api\"}")
                .containsPattern(" 10 +10 +.*\\S +\\{service=\"db\"}");
    }

    @Test
    void labelsAreNamesWithValues() {
        assertThat(ask("labels", "--query", "cpu").out)
                .isEqualTo(String.format("cpu, -1h to now:%nservice%n  api%n  db%n"));
    }

    @Test
    void labelsThatAreCutAreToldBesideTheAnswer() throws Exception {
        TestProfiles many = TestProfiles.of(new ValueType("n", "count"));
        for (int i = 0; i <= 10_000; i++) {
            many.values("main", new long[] {1}, "request,id", String.valueOf(100_000 + i));
        }
        long now = Instant.now().getEpochSecond() * TestProfiles.SECOND;
        upload(many.build(now - 30 * TestProfiles.SECOND), "many&label=__name__=requests");
        for (String format : List.of("text", "json")) {
            Outcome labels = ask(
                    "labels",
                    "--query",
                    "requests",
                    "--format",
                    format,
                    "-o",
                    folder.resolve("l").toString());
            assertThat(labels.exit).as(labels.err).isZero();
            assertThat(labels.err)
                    .isEqualTo(String.format("sonde: of labels with very many values only the first are shown:"
                            + " request,id (a narrower selector or a shorter range has fewer)%n"));
            assertThat(Files.readString(folder.resolve("l"))).contains("109999").doesNotContain("110000");
        }
    }

    @Test
    void otherFormatsGoToAFile() throws Exception {
        Path file = folder.resolve("answer");
        assertThat(ask("top", "--query", "cpu", "--format", "json", "-o", file.toString()).exit)
                .isZero();
        assertThat(new JsonMapper().readTree(file.toFile()).path("total").asLong())
                .isEqualTo(1_000_000_000L);
        assertThat(ask("flame", "--query", "cpu.samples", "--format", "collapsed", "-o", file.toString()).exit)
                .isZero();
        assertThat(Files.readString(file)).contains("main;work 60\n");
        assertThat(ask("pprof", "--query", "cpu", "-o", file.toString()).exit).isZero();
        Profile profile = new PprofReader(PprofLimits.defaults()).read(Files.readAllBytes(file));
        assertThat(profile.total(0)).isEqualTo(100);
    }

    @Test
    void whatPprofReadsIsWhatTopShows() throws Exception {
        GoToolPprof.assumePresent();
        Path file = folder.resolve("exported.pb.gz");
        Path json = folder.resolve("top.json");
        for (ValueType type : TestProfiles.CPU) {
            String query = "cpu." + type.type() + "{service=\"api\"}";
            assertThat(ask("pprof", "--query", query, "-o", file.toString()).exit)
                    .isZero();
            assertThat(ask("top", "--query", query, "--format", "json", "-o", json.toString()).exit)
                    .isZero();
            Map<String, GoToolPprof.Row> rows = new TreeMap<>();
            new JsonMapper()
                    .readTree(json.toFile())
                    .path("functions")
                    .forEach(function -> rows.put(
                            function.path("name").asText(),
                            new GoToolPprof.Row(
                                    function.path("flat").asLong(),
                                    function.path("cum").asLong())));
            assertThat(rows).hasSize(3).isEqualTo(GoToolPprof.top(file, type));
        }
    }

    @Test
    void whatTheServerRefusesIsSaidInItsWords() {
        Outcome refused = ask("flame", "--query", "cpu{service=api}");
        assertThat(refused.exit).isEqualTo(Main.FAILED);
        assertThat(refused.err)
                .isEqualTo(
                        String.format("sonde flame: selector, column 13: found 'a' (expected: a value in double quotes)"
                                + " here: cpu{service= >>> api}%n"));
        assertThat(ask("top", "--query", "heap").err).contains("'heap' (expected: one of cpu");
        assertThat(ask("top", "--query", "cpu", "--from", "now", "--to", "-1h").exit)
                .isEqualTo(Main.FAILED);
        assertThat(ask("top", "--query", "cpu{service=\"nobody\"}").out).contains("Nothing was counted there.");
    }

    @Test
    void wrongUseIsTold() {
        assertThat(run("top").exit).isEqualTo(2);
        assertThat(run("top").err).contains("--query");
        assertThat(run("series", "--query", "cpu", "--format", "pprof").err)
                .contains("--format: pprof (expected: text or json)");
        assertThat(run("top", "--query", "cpu", "--server", "localhost").err)
                .contains("--server: 'localhost' (expected: a URL such as http://localhost:7070)");
        assertThat(run().exit).isEqualTo(2);
        assertThat(run("top", "--help").out).contains("--limit");
    }

    @Test
    void aServerThatIsNotThereIsNamed() throws Exception {
        int free;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = socket.getLocalPort();
        }
        Outcome outcome = run("top", "--query", "cpu", "--server", "http://127.0.0.1:" + free);
        assertThat(outcome.exit).isEqualTo(Main.FAILED);
        assertThat(outcome.err).contains("no server answers at http://127.0.0.1:" + free);
    }
}
