package dev.sonde.server.web;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.annotation.Blocking;
import com.linecorp.armeria.server.annotation.Get;
import com.linecorp.armeria.server.annotation.Head;
import dev.sonde.model.Labels;
import dev.sonde.model.SelectorException;
import dev.sonde.server.ingest.OverloadedException;
import dev.sonde.server.query.QueryException;
import dev.sonde.server.store.ProfileStore;
import dev.sonde.server.store.ProfileStore.PointSeries;
import dev.sonde.server.store.StoreException;
import dev.sonde.server.store.StoreQuery;
import dev.sonde.server.web.refusal.BadRequestException;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * {@code GET /api/v1/series?query[&from&to&step&by=name,name]}: sums over time, one line for each set of values of the
 * labels {@code by}: {@code {"unit","step_seconds","series":[{"labels":{},"points":[[unix_seconds,value]]}]}}. Points
 * without samples are left out.
 */
public final class SeriesResource {

    private static final int MAX_BY = 8;

    private final ProfileStore store;
    private final KnownTypes types;
    private final Questions questions;

    public SeriesResource(ProfileStore store, KnownTypes types, Questions questions) {
        this.store = store;
        this.types = types;
        this.questions = questions;
    }

    @Get("/api/v1/series")
    @Head("/api/v1/series")
    @Blocking
    public HttpResponse series(ServiceRequestContext ctx)
            throws BadRequestException, SelectorException, StoreException, QueryException, IOException,
                    OverloadedException {
        Parameters parameters = Parameters.of(ctx.queryParams(), "query", "from", "to", "step", "by");
        StoreQuery query = questions.query(parameters);
        Duration step = Steps.step(parameters, query.range());
        List<String> by = by(parameters.text("by", ""));
        List<PointSeries> series = questions.answer("series", () -> {
            List<PointSeries> found = store.series(query, step, by);
            if (found.isEmpty()) {
                types.check(query);
            }
            return found;
        });
        return Answers.json(
                new Sums(
                        series.isEmpty() ? "" : series.getFirst().unit(),
                        step.toSeconds(),
                        series.stream().map(Line::of).toList()),
                questions.buffer());
    }

    private record Sums(
            String unit, @JsonProperty("step_seconds") long stepSeconds, List<Line> series) {}

    /** One line; a point is [Unix seconds, value]. */
    private record Line(Map<String, String> labels, long[][] points) {
        static Line of(PointSeries series) {
            long[][] points = new long[series.timeNanos().length][];
            for (int i = 0; i < points.length; i++) {
                // Steps are whole seconds, and points start at multiples of them.
                points[i] = new long[] {Duration.ofNanos(series.timeNanos()[i]).toSeconds(), series.value()[i]};
            }
            return new Line(series.labels().toMap(), points);
        }
    }

    private static List<String> by(String text) throws BadRequestException {
        if (text.isEmpty()) {
            return List.of();
        }
        List<String> names = Arrays.asList(text.split(",", -1));
        for (String name : names) {
            if (!Labels.isValidName(name)) {
                throw Parameters.refused(
                        "by: '" + Parameters.quoted(name) + "' (expected: label names with commas between)");
            }
        }
        if (names.size() > MAX_BY) {
            throw Parameters.refused("by: " + names.size() + " names (expected: at most " + MAX_BY + ")");
        }
        return names;
    }
}
