package dev.sonde.server.web;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.annotation.Blocking;
import com.linecorp.armeria.server.annotation.Get;
import com.linecorp.armeria.server.annotation.Head;
import dev.sonde.model.SelectorException;
import dev.sonde.server.ingest.OverloadedException;
import dev.sonde.server.query.QueryException;
import dev.sonde.server.store.ProfileStore;
import dev.sonde.server.store.ProfileStore.PointSeries;
import dev.sonde.server.store.Saturating;
import dev.sonde.server.store.StoreException;
import dev.sonde.server.store.StoreQuery;
import dev.sonde.server.web.refusal.BadRequestException;
import java.io.IOException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/**
 * {@code GET /api/v1/deploys?query[&from&to&step]}: which version of which service was seen from when to when, by service,
 * then by time: {@code {"unit","step_seconds","deploys":[{"service","version","first","last","total"}]}}. {@code first}
 * and {@code last} are the Unix seconds at which the first and the last step with samples begin: they are as exact as the
 * step. What has no version is left out.
 */
public final class DeploysResource {

    private final ProfileStore store;
    private final KnownTypes types;
    private final Questions questions;

    public DeploysResource(ProfileStore store, KnownTypes types, Questions questions) {
        this.store = store;
        this.types = types;
        this.questions = questions;
    }

    @Get("/api/v1/deploys")
    @Head("/api/v1/deploys")
    @Blocking
    public HttpResponse deploys(ServiceRequestContext ctx)
            throws BadRequestException, SelectorException, StoreException, QueryException, IOException,
                    OverloadedException {
        Parameters parameters = Parameters.of(ctx.queryParams(), "query", "from", "to", "step");
        StoreQuery query = questions.query(parameters);
        Duration step = Steps.step(parameters, query.range());
        List<PointSeries> series = questions.answer("deploys", () -> {
            List<PointSeries> found = store.series(query, step, List.of("service", "version"));
            if (found.isEmpty()) {
                types.check(query);
            }
            return found;
        });
        return Answers.json(
                new Versions(
                        series.isEmpty() ? "" : series.getFirst().unit(),
                        step.toSeconds(),
                        series.stream()
                                .filter(line -> line.labels().toMap().containsKey("version"))
                                .map(Deploy::of)
                                .sorted(Deploy.ORDER)
                                .toList()),
                questions.buffer());
    }

    private record Versions(
            String unit, @JsonProperty("step_seconds") long stepSeconds, List<Deploy> deploys) {}

    private record Deploy(String service, String version, long first, long last, long total) {
        static final Comparator<Deploy> ORDER = Comparator.comparing(Deploy::service)
                .thenComparingLong(Deploy::first)
                .thenComparing(Deploy::version);

        static Deploy of(PointSeries line) {
            Map<String, String> labels = line.labels().toMap();
            long[] timeNanos = line.timeNanos();
            return new Deploy(
                    labels.getOrDefault("service", ""),
                    labels.get("version"),
                    Duration.ofNanos(timeNanos[0]).toSeconds(),
                    Duration.ofNanos(timeNanos[timeNanos.length - 1]).toSeconds(),
                    LongStream.of(line.value()).reduce(0, Saturating::add));
        }
    }
}
