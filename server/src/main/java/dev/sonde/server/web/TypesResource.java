package dev.sonde.server.web;

import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.annotation.Blocking;
import com.linecorp.armeria.server.annotation.Get;
import dev.sonde.model.TimeRange;
import dev.sonde.server.ingest.OverloadedException;
import dev.sonde.server.query.QueryException;
import dev.sonde.server.store.ProfileStore;
import dev.sonde.server.store.StoreException;
import dev.sonde.server.store.TypeSummary;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * {@code GET /api/v1/types[?from&to]}: the profile types with samples in the range, of all time where none is given.
 * {@code {"types":[{"type":"cpu","sample_types":[{"type":"cpu","unit":"nanoseconds"}],"default_sample_type":"cpu"}]}}
 */
public final class TypesResource {

    /** Answers to types come from all that is kept: a page opened on old data must find it. */
    private static final String DEFAULT_FROM = "0";

    private final ProfileStore store;
    private final Questions questions;

    public TypesResource(ProfileStore store, Questions questions) {
        this.store = store;
        this.questions = questions;
    }

    @Get("/api/v1/types")
    @Blocking
    public HttpResponse types(ServiceRequestContext ctx)
            throws BadRequestException, StoreException, QueryException, IOException, OverloadedException {
        TimeRange range = Parameters.of(ctx.queryParams(), "from", "to").range(DEFAULT_FROM, questions.now());
        List<TypeSummary> types = questions.answer("types", () -> store.types(range));
        return Answers.json(
                Map.of("types", types.stream().map(TypesResource::toJson).toList()));
    }

    private static Map<String, Object> toJson(TypeSummary type) {
        return Map.of(
                "type", type.type(),
                "sample_types",
                        type.sampleTypes().stream()
                                .map(value -> Map.of("type", value.type(), "unit", value.unit()))
                                .toList(),
                "default_sample_type", type.defaultSampleType());
    }
}
