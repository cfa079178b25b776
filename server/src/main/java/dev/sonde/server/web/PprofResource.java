package dev.sonde.server.web;

import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.annotation.Blocking;
import com.linecorp.armeria.server.annotation.Get;
import com.linecorp.armeria.server.annotation.Head;
import dev.sonde.model.SelectorException;
import dev.sonde.model.TimeRange;
import dev.sonde.pprof.PprofWriter;
import dev.sonde.server.ingest.OverloadedException;
import dev.sonde.server.query.QueryException;
import dev.sonde.server.query.pprof.PprofExport;
import dev.sonde.server.store.ProfileStore;
import dev.sonde.server.store.StackTree;
import dev.sonde.server.store.StoreException;
import dev.sonde.server.store.StoreQuery;
import dev.sonde.server.web.refusal.BadRequestException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * {@code GET /pprof?query[&from&to | &seconds=N]}: one gzipped pprof of all that a question selects, with every value of
 * the type; without a range the last hour, {@code seconds} is what {@code go tool pprof -seconds} adds.
 */
public final class PprofResource {

    private static final int MAX_SECONDS = 31 * 24 * 3600;

    private final ProfileStore store;
    private final PprofExport export;
    private final KnownTypes types;
    private final Questions questions;

    public PprofResource(ProfileStore store, PprofExport export, KnownTypes types, Questions questions) {
        this.store = store;
        this.export = export;
        this.types = types;
        this.questions = questions;
    }

    @Get("/pprof")
    @Head("/pprof")
    @Blocking
    public HttpResponse pprof(ServiceRequestContext ctx)
            throws BadRequestException, SelectorException, StoreException, QueryException, IOException,
                    OverloadedException {
        Parameters parameters = Parameters.of(ctx.queryParams(), "query", "from", "to", "seconds");
        StoreQuery query = query(parameters);
        byte[] profile = questions.answer("pprof", () -> {
            StackTree tree = store.mergeAllValues(query);
            if (tree.size() == 0) {
                types.check(query);
            }
            return PprofWriter.write(export.profile(tree, query.range()));
        });
        return Answers.of(MediaType.OCTET_STREAM, profile);
    }

    private StoreQuery query(Parameters parameters) throws BadRequestException, SelectorException {
        if (!parameters.has("seconds")) {
            return questions.query(parameters);
        }
        if (parameters.has("from") || parameters.has("to")) {
            throw Parameters.refused("seconds: given with from or to (expected: one or the other)");
        }
        Instant now = questions.now();
        Instant from = now.minus(Duration.ofSeconds(parameters.integer("seconds", 0, 1, MAX_SECONDS)));
        return new StoreQuery(parameters.selector(), new TimeRange(nanos(from), nanos(now)));
    }

    private static long nanos(Instant instant) {
        return ChronoUnit.NANOS.between(Instant.EPOCH, instant);
    }
}
