package dev.sonde.server.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.linecorp.armeria.server.Server;
import dev.sonde.server.metrics.QueryMetrics;
import dev.sonde.server.metrics.Rejections;
import dev.sonde.server.query.FlameQuery;
import dev.sonde.server.query.FrameNamer;
import dev.sonde.server.query.TopQuery;
import dev.sonde.server.store.ProfileStore;
import dev.sonde.server.store.ReferenceStores;
import dev.sonde.server.store.TestProfiles;
import dev.sonde.server.web.refusal.Failures;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers above the bound are refused whole, in words, and the rest goes on. */
class AnswerBoundIT {

    private static final int MAX_ANSWER_BYTES = 2_000;
    private static final Instant NOW = Instant.parse("2026-11-21T00:10:00Z");

    private final HttpClient http = HttpClient.newHttpClient();
    private final PrometheusRegistry registry = new PrometheusRegistry();
    private Server server;

    @BeforeEach
    void start() throws Exception {
        ProfileStore store = ReferenceStores.inMemory();
        store.append(List.of(TestProfiles.cpu().sample("main;f", 1).at(TestProfiles.DAY, "cpu", "service", "small")));
        for (int i = 0; i < 100; i++) {
            // Another type each, so that the answers of every kind become large.
            String service = "service-number-" + i;
            store.append(List.of(
                    TestProfiles.cpu()
                            .sample("main;function-" + i, 1)
                            .at(TestProfiles.DAY, "type" + i, "service", service),
                    TestProfiles.cpu()
                            .sample("main;function-" + i, 1)
                            .at(TestProfiles.DAY + i, "large", "service", service)));
        }
        Questions questions =
                new Questions(new QueryMetrics(registry), Clock.fixed(NOW, ZoneOffset.UTC), 1 << 30, MAX_ANSWER_BYTES);
        FlameQuery flame = new FlameQuery(store, FrameNamer.ofLines());
        KnownTypes types = new KnownTypes(flame);
        server = Server.builder()
                .annotatedService(new TypesResource(store, questions))
                .annotatedService(new LabelsResource(store, types, questions))
                .annotatedService(new SeriesResource(store, types, questions))
                .annotatedService(new FlameResource(flame, questions))
                .annotatedService(new TopResource(new TopQuery(store, FrameNamer.ofLines()), questions))
                .errorHandler(new Failures(new Rejections(registry)))
                .build();
        server.start().join();
    }

    @AfterEach
    void stop() {
        http.close();
        server.stop().join();
    }

    private HttpResponse<String> get(String pathAndQuery) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + server.activeLocalPort() + pathAndQuery);
        return http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "types?",
                "labels?query=large",
                "series?query=large&by=service",
                "flame?query=large&min_share=0",
                "flame?query=large&format=collapsed",
                "top?query=large&limit=1000"
            })
    void anAnswerAboveTheBoundIsRefused(String question) throws Exception {
        HttpResponse<String> refused = get("/api/v1/" + question);
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body())
                .contains("answer: more than 2000 bytes (expected: a narrower selector, a shorter range")
                .doesNotContain("service-");
        if (!question.startsWith("types")) {
            HttpResponse<String> small = get("/api/v1/" + question.replace("large", "cpu"));
            assertThat(small.statusCode()).as(small.body()).isEqualTo(200);
        }
    }
}
