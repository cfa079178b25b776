package dev.sonde.server.web;

import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.annotation.Blocking;
import com.linecorp.armeria.server.annotation.Get;
import com.linecorp.armeria.server.annotation.Head;
import dev.sonde.model.SelectorException;
import dev.sonde.server.ingest.OverloadedException;
import dev.sonde.server.query.QueryException;
import dev.sonde.server.query.TopJson;
import dev.sonde.server.query.TopQuery;
import dev.sonde.server.store.StoreException;
import dev.sonde.server.store.StoreQuery;
import dev.sonde.server.web.refusal.BadRequestException;
import java.io.IOException;

/** {@code GET /api/v1/top?query[&from&to&limit]}: the functions in which most was spent. */
public final class TopResource {

    private static final int DEFAULT_LIMIT = 100;

    private final TopQuery top;
    private final Questions questions;

    public TopResource(TopQuery top, Questions questions) {
        this.top = top;
        this.questions = questions;
    }

    @Get("/api/v1/top")
    @Head("/api/v1/top")
    @Blocking
    public HttpResponse top(ServiceRequestContext ctx)
            throws BadRequestException, SelectorException, StoreException, QueryException, IOException,
                    OverloadedException {
        Parameters parameters = Parameters.of(ctx.queryParams(), "query", "from", "to", "limit");
        StoreQuery query = questions.query(parameters);
        int limit = parameters.integer("limit", DEFAULT_LIMIT, 1, TopQuery.MAX_LIMIT);
        AnswerBuffer buffer = questions.buffer();
        questions.answer("top", () -> {
            TopJson.write(top.run(query, limit), buffer);
            return null;
        });
        return Answers.of(MediaType.JSON, buffer.toByteArray());
    }
}
