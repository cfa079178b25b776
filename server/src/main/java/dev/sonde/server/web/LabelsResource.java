package dev.sonde.server.web;

import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.annotation.Blocking;
import com.linecorp.armeria.server.annotation.Get;
import dev.sonde.model.SelectorException;
import dev.sonde.server.ingest.OverloadedException;
import dev.sonde.server.query.QueryException;
import dev.sonde.server.store.ProfileStore;
import dev.sonde.server.store.StoreException;
import dev.sonde.server.store.StoreQuery;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * {@code GET /api/v1/labels?query[&from&to]}: {@code {"name":["value",...]}}, the labels of series and of samples that
 * the question selects, sorted.
 */
public final class LabelsResource {

    private final ProfileStore store;
    private final KnownTypes types;
    private final Questions questions;

    public LabelsResource(ProfileStore store, KnownTypes types, Questions questions) {
        this.store = store;
        this.types = types;
        this.questions = questions;
    }

    @Get("/api/v1/labels")
    @Blocking
    public HttpResponse labels(ServiceRequestContext ctx)
            throws BadRequestException, SelectorException, StoreException, QueryException, IOException,
                    OverloadedException {
        StoreQuery query = questions.query(Parameters.of(ctx.queryParams(), "query", "from", "to"));
        return Answers.json(questions.answer("labels", () -> {
            Map<String, List<String>> labels = store.labels(query);
            if (labels.isEmpty()) {
                types.check(query);
            }
            return labels;
        }));
    }
}
