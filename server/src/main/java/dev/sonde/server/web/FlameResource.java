package dev.sonde.server.web;

import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.annotation.Blocking;
import com.linecorp.armeria.server.annotation.Get;
import com.linecorp.armeria.server.annotation.Head;
import dev.sonde.model.SelectorException;
import dev.sonde.server.ingest.OverloadedException;
import dev.sonde.server.query.FlameJson;
import dev.sonde.server.query.FlameQuery;
import dev.sonde.server.query.QueryException;
import dev.sonde.server.store.StoreException;
import dev.sonde.server.store.StoreQuery;
import dev.sonde.server.web.refusal.BadRequestException;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;

/**
 * {@code GET /api/v1/flame?query[&from&to&min_share&format=json|collapsed]}: the flame graph. As JSON, frames of less
 * than {@code min_share} of all are put together and shown as such; collapsed is never cut.
 */
public final class FlameResource {

    private final FlameQuery flame;
    private final Questions questions;

    public FlameResource(FlameQuery flame, Questions questions) {
        this.flame = flame;
        this.questions = questions;
    }

    @Get("/api/v1/flame")
    @Head("/api/v1/flame")
    @Blocking
    public HttpResponse flame(ServiceRequestContext ctx)
            throws BadRequestException, SelectorException, StoreException, QueryException, IOException,
                    OverloadedException {
        Parameters parameters = Parameters.of(ctx.queryParams(), "query", "from", "to", "min_share", "format");
        StoreQuery query = questions.query(parameters);
        double minShare = parameters.share("min_share", FlameQuery.DEFAULT_MIN_SHARE);
        boolean json = parameters.choice("format", "json", "collapsed").equals("json");
        AnswerBuffer buffer = questions.buffer();
        questions.answer("flame", () -> {
            if (json) {
                FlameJson.write(flame.run(query, minShare), buffer);
            } else {
                writeCollapsed(query, buffer);
            }
            return null;
        });
        return Answers.of(json ? MediaType.JSON : MediaType.PLAIN_TEXT_UTF_8, buffer.toByteArray());
    }

    private void writeCollapsed(StoreQuery query, AnswerBuffer buffer)
            throws StoreException, QueryException, IOException {
        Writer text = new OutputStreamWriter(buffer, StandardCharsets.UTF_8);
        flame.writeCollapsed(query, text);
        text.flush();
    }
}
