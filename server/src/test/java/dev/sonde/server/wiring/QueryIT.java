package dev.sonde.server.wiring;

import static dev.sonde.server.wiring.TestServer.question;
import static dev.sonde.server.wiring.TestServer.resource;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sonde.model.ValueType;
import dev.sonde.pprof.PprofException;
import dev.sonde.pprof.PprofLimits;
import dev.sonde.pprof.PprofReader;
import dev.sonde.pprof.Profile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Questions over HTTP about recorded profiles, and questions that are wrong. */
final class QueryIT {

    @TempDir
    private static Path data;

    private static TestServer server;

    @BeforeAll
    static void start() {
        server = TestServer.start(data);
        server.post(resource("/go-pprof/cpu-labels.pb.gz"), "?label=service=demo&label=version=1");
        server.post(resource("/go-pprof/profile.pb.gz"), "?label=service=demo&label=version=2");
        for (String name : List.of("allocs", "heap", "block", "goroutine", "threadcreate")) {
            server.post(resource("/go-pprof/" + name + ".pb.gz"), "?label=service=demo");
        }
        server.post(resource("/node-pprof/time.pb.gz"), "?label=service=node");
        server.post(resource("/node-pprof/heap.pb.gz"), "?label=service=node");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void typesAreToldFromWhatProfilesHold() {
        List<String> types = new ArrayList<>();
        server.json(server.get("/api/v1/types"))
                .get("types")
                .forEach(type -> types.add(type.get("type").asText() + "."
                        + type.get("default_sample_type").asText()));

        assertThat(types)
                .containsExactly(
                        "alloc.alloc_space",
                        "cpu.cpu",
                        "goroutine.goroutine",
                        "live.inuse_space",
                        "lock.delay",
                        "threadcreate.threadcreate",
                        "wall.wall");
    }

    @Test
    void flameColumnsFitTogether() {
        JsonNode flame = server.ask("flame", "cpu{version=\"1\"}", "&min_share=0");
        assertThat(flame.get("unit").asText()).isEqualTo("nanoseconds");
        assertThat(flame.get("total_value").asLong()).isEqualTo(6_840_000_000L);
        int nodes = flame.get("parent").size();
        long self = 0;
        for (int i = 0; i < nodes; i++) {
            assertThat(flame.get("parent").get(i).asInt()).isLessThan(i);
            self += flame.get("self").get(i).asLong();
        }
        assertThat(self).isEqualTo(6_840_000_000L);
        for (String column : List.of("name", "file", "kind", "inlined", "self", "total")) {
            assertThat(flame.get(column)).as(column).hasSize(nodes);
        }
    }

    @Test
    void aCutFlameGraphKeepsItsTotal() {
        JsonNode flame = server.ask("flame", "cpu", "&min_share=0.3");
        long self = 0;
        for (JsonNode value : flame.get("self")) {
            self += value.asLong();
        }
        assertThat(self).isEqualTo(flame.get("total_value").asLong());
        assertThat(flame.get("names").toString()).contains("below 30%");
    }

    @Test
    void topNamesWhatTheProgramDoes() {
        JsonNode top = server.ask("top", "cpu{version=\"1\",route=\"/hot\"}", "&limit=5");
        assertThat(top.get("functions")).hasSize(5);
        assertThat(top.get("functions").get(0).get("name").asText()).isEqualTo("main.spin");
    }

    @Test
    void collapsedStacksAddUp() {
        long sum = server.get(question("flame", "cpu.samples", "&format=collapsed"))
                .body()
                .lines()
                .mapToLong(line -> Long.parseLong(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
        assertThat(sum).isEqualTo(684 + 229);
    }

    @Test
    void labelsAreThoseOfSeriesAndSamples() {
        assertThat(server.ask("labels", "cpu", "").toString())
                .isEqualTo("{\"route\":[\"/hot\",\"/warm\"],\"service\":[\"demo\"],\"version\":[\"1\",\"2\"]}");
    }

    @Test
    void seriesAreSplitByLabels() {
        JsonNode answer = server.ask("series", "cpu", "&by=version&step=10s");
        assertThat(answer.get("step_seconds").asInt()).isEqualTo(10);
        assertThat(answer.get("unit").asText()).isEqualTo("nanoseconds");
        assertThat(answer.get("series")).hasSize(2);
        JsonNode second = answer.get("series").get(1);
        assertThat(second.get("labels").get("version").asText()).isEqualTo("2");
        assertThat(second.get("points").get(0).get(1).asLong()).isEqualTo(2_290_000_000L);
        assertThat(second.get("points").get(0).get(0).asLong() % 10).isZero();
    }

    @Test
    void deploysAreVersionsWithTheirTimes() {
        JsonNode answer = server.ask("deploys", "cpu", "&step=10s");
        assertThat(answer.get("unit").asText()).isEqualTo("nanoseconds");
        assertThat(answer.get("step_seconds").asInt()).isEqualTo(10);
        List<String> versions = new ArrayList<>();
        for (JsonNode deploy : answer.get("deploys")) {
            versions.add(deploy.get("service").asText() + " "
                    + deploy.get("version").asText() + " "
                    + deploy.get("total").asLong());
            assertThat(deploy.get("first").asLong() % 10).isZero();
            assertThat(deploy.get("last").asLong())
                    .isGreaterThanOrEqualTo(deploy.get("first").asLong());
        }
        assertThat(versions).containsExactlyInAnyOrder("demo 1 6840000000", "demo 2 2290000000");
        assertThat(server.ask("deploys", "wall{service=\"node\"}", "").get("deploys"))
                .as("nothing has a version there")
                .isEmpty();
    }

    @Test
    void pprofHasEveryValueAndThePeriod() throws PprofException {
        HttpResponse<byte[]> response = server.getBytes("/pprof?from=-2h&query=cpu%7B%7D");
        Profile profile = new PprofReader(PprofLimits.defaults()).read(response.body());

        assertThat(response.headers().firstValue("content-type")).contains("application/octet-stream");
        assertThat(profile.header().sampleTypes())
                .containsExactly(new ValueType("samples", "count"), new ValueType("cpu", "nanoseconds"));
        assertThat(profile.total(0)).isEqualTo(684 + 229);
        assertThat(profile.total(1)).isEqualTo(9_130_000_000L);
        assertThat(profile.header().period()).isEqualTo(10_000_000);
        assertThat(profile.header().timeNanos()).isPositive();
    }

    @Test
    void pprofSecondsReachBackFromNow() throws PprofException {
        PprofReader reader = new PprofReader(PprofLimits.defaults());
        // The recordings began 1,890 and 1,897 s before the server's now.
        assertThat(reader.read(server.getBytes("/pprof?query=cpu&seconds=1895").body())
                        .total(1))
                .isEqualTo(2_290_000_000L);
        assertThat(reader.read(server.getBytes("/pprof?query=cpu&seconds=1800").body())
                        .total(1))
                .isZero();
    }

    @Test
    void answersAreGzippedWhenAsked() throws IOException {
        HttpRequest request = HttpRequest.newBuilder(server.uri(question("flame", "cpu", "")))
                .header("accept-encoding", "gzip")
                .build();
        HttpResponse<byte[]> zipped = server.sendForBytes(request);
        assertThat(zipped.headers().firstValue("content-encoding")).contains("gzip");
        String unpacked = new String(
                new GZIPInputStream(new ByteArrayInputStream(zipped.body())).readAllBytes(), StandardCharsets.UTF_8);
        assertThat(unpacked).isEqualTo(server.get(question("flame", "cpu", "")).body());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "/api/v1/flame?query=nope | query | 'nope' (expected: one of alloc, cpu",
                "/api/v1/top?query=nope | query | 'nope'",
                "/api/v1/labels?query=nope | query | 'nope'",
                "/api/v1/series?query=nope | query | 'nope'",
                "/api/v1/deploys?query=nope | query | 'nope'",
                "/api/v1/deploys?query=cpu&by=service | parameter | 'by' is not known",
                "/pprof?query=nope | query | 'nope'",
                "/api/v1/flame?query=cpu.walls | query | 'walls' (expected: one of samples, cpu",
                "/api/v1/flame | parameter | query: missing",
                "/api/v1/flame?query=cpu&from=now&to=-1h | parameter | from: now is not before to: -1h",
                "/api/v1/flame?query=cpu&from=yesterday | parameter | from: 'yesterday' (expected: now, -1h",
                "/api/v1/flame?query=cpu&from=1e999999999 | parameter | from: '1e999999999'",
                "/api/v1/flame?query=cpu&min_share=2 | parameter | min_share: '2'",
                "/api/v1/flame?query=cpu&min_share=NaN | parameter | min_share: 'NaN'",
                "/api/v1/flame?query=cpu&format=svg | parameter | format: 'svg' (expected: json or collapsed)",
                "/api/v1/flame?query=cpu&qeury=x | parameter | 'qeury' is not known (expected: query, from, to",
                "/api/v1/flame?query=cpu&query=cpu | parameter | given 2 times",
                "/api/v1/top?query=cpu&limit=0 | parameter | limit: '0' (expected: a whole number from 1",
                "/api/v1/top?query=cpu&limit=99999999999 | parameter | limit: '99999999999'",
                "/api/v1/series?query=cpu&step=1s | parameter | step: '1s' (expected: 10s to",
                "/api/v1/series?query=cpu&from=0&step=10s | parameter | step: 10s makes more than 11000 points",
                "/api/v1/series?query=cpu&by=a,,b | parameter | by: ''",
                "/pprof?query=cpu&seconds=5&from=-1h | parameter | seconds: given with from or to",
                "/pprof?query=cpu&seconds=-5 | parameter | seconds: '-5'",
                "/api/v1/types?query=cpu | parameter | 'query' is not known (expected: from, to)",
            })
    void wrongQuestionsAreRefusedInWords(String path, String reason, String words) {
        double before = server.rejected(reason);
        HttpResponse<String> response = server.get(path);

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.headers().firstValue("content-type")).contains("application/json");
        assertThat(server.json(response).get("error").asText()).contains(words).contains("(expected: ");
        assertThat(server.rejected(reason)).isEqualTo(before + 1);
        assertThat(server.ask("top", "cpu", "&limit=1").get("functions")).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "cpu{a | 6",
                "cpu{service=demo} | 13",
                "cpu{service=~\"(\"} | 14",
                "cpu{} x | 7",
                "{service=\"x\"} | 1",
                "cpu{service=\"x | 15",
            })
    void selectorsAreRefusedWithTheColumn(String selector, int column) {
        HttpResponse<String> response = server.get(question("flame", selector, ""));

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(server.json(response).get("column").asInt()).isEqualTo(column);
        assertThat(server.json(response).get("error").asText()).contains("column " + column);
    }

    @Test
    void longSelectors() {
        HttpResponse<String> response = server.get(question("flame", "cpu{a=\"" + "x".repeat(8200) + "\"}", ""));
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(server.json(response).get("error").asText()).contains("8209 characters (expected: at most 8192)");

        String fits = "cpu{service=\"demo\",version!=\"" + "\u00e9".repeat(8000) + "\"}";
        assertThat(server.get(question("flame", fits, "")).statusCode()).isEqualTo(200);
    }

    @Test
    void endlessHeadersAreRefused() {
        HttpResponse<String> response = server.get("/api/v1/flame?query=" + "x".repeat(200_000));
        assertThat(response.statusCode()).isBetween(400, 499);
    }

    @Test
    void headIsGetWithoutTheBody() {
        for (String path : List.of("/api/v1/types", "/metrics", "/healthz", "/pprof?query=cpu")) {
            HttpResponse<String> response =
                    server.send(HttpRequest.newBuilder(server.uri(path)).HEAD().build());
            assertThat(response.statusCode()).as(path).isEqualTo(200);
            assertThat(response.body()).as(path).isEmpty();
        }
    }

    @Test
    void pathsThatAreNotThere() {
        for (String path : List.of("/nope", "/api/v1/deploy", "/api/v2/flame", "/api/v1/flame/", "/metrics/x")) {
            HttpResponse<String> response = server.get(path);
            assertThat(response.statusCode()).as(path).isEqualTo(404);
            assertThat(server.json(response).get("error").asText()).isNotEmpty();
        }
        assertThat(server.rejected("not_found")).isGreaterThanOrEqualTo(5);
    }

    @Test
    void methodsThatAPathDoesNotTake() {
        for (String path : List.of("/api/v1/flame?query=cpu", "/metrics", "/healthz", "/")) {
            HttpRequest request = HttpRequest.newBuilder(server.uri(path))
                    .method("DELETE", HttpRequest.BodyPublishers.noBody())
                    .build();
            HttpResponse<String> response = server.send(request);
            assertThat(response.statusCode()).as(path).isEqualTo(405);
            assertThat(server.json(response).get("error").asText()).isNotEmpty();
        }
    }

    @Test
    void healthAndReadiness() {
        assertThat(server.get("/healthz").statusCode()).isEqualTo(200);
        assertThat(server.get("/readyz").body()).isEqualTo("ready\n");
    }

    @Test
    void metricsAreInPrometheusFormat() {
        server.ask("top", "cpu", "");
        HttpResponse<String> metrics = server.get("/metrics");
        assertThat(metrics.headers().firstValue("content-type").orElseThrow()).startsWith("text/plain");
        assertThat(server.metric("sonde_server_profiles_ingested_total")).isEqualTo(9);
        assertThat(server.metric("process_resident_memory_bytes")).isGreaterThan(10_000_000);
        assertThat(server.metric("sonde_server_query_seconds_count{endpoint=\"top\"}"))
                .isPositive();
    }
}
