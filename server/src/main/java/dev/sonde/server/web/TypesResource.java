package dev.sonde.server.web;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.annotation.Blocking;
import com.linecorp.armeria.server.annotation.Get;
import com.linecorp.armeria.server.annotation.Head;
import dev.sonde.model.TimeRange;
import dev.sonde.model.ValueType;
import dev.sonde.server.ingest.OverloadedException;
import dev.sonde.server.query.QueryException;
import dev.sonde.server.store.ProfileStore;
import dev.sonde.server.store.StoreException;
import dev.sonde.server.store.TypeSummary;
import dev.sonde.server.web.refusal.BadRequestException;
import java.io.IOException;
import java.util.List;

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
    @Head("/api/v1/types")
    @Blocking
    public HttpResponse types(ServiceRequestContext ctx)
            throws BadRequestException, StoreException, QueryException, IOException, OverloadedException {
        TimeRange range = Parameters.of(ctx.queryParams(), "from", "to").range(DEFAULT_FROM, questions.now());
        List<TypeSummary> types = questions.answer("types", () -> store.types(range));
        return Answers.json(new Types(types.stream().map(Type::of).toList()), questions.buffer());
    }

    private record Types(List<Type> types) {}

    private record Type(
            String type,
            @JsonProperty("sample_types") List<ValueType> sampleTypes,
            @JsonProperty("default_sample_type") String defaultSampleType) {
        static Type of(TypeSummary summary) {
            return new Type(summary.type(), summary.sampleTypes(), summary.defaultSampleType());
        }
    }
}
