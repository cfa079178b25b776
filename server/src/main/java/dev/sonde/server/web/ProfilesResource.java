package dev.sonde.server.web;

import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.QueryParams;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.annotation.Blocking;
import com.linecorp.armeria.server.annotation.Post;
import dev.sonde.server.ingest.IncomingProfile;
import dev.sonde.server.ingest.Ingest;
import dev.sonde.server.ingest.IngestException;
import dev.sonde.server.ingest.OverloadedException;
import dev.sonde.server.store.ProfileStore.AppendResult;
import dev.sonde.server.store.StoreException;
import dev.sonde.server.web.refusal.BadRequestException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * {@code POST /api/v1/profiles?label=k=v&label=k=v}: one pprof file, gzipped or plain, as the body. Answers
 * {@code {"stored":1,"known":0}} once it is durable; known = it was there already.
 */
public final class ProfilesResource {

    private final Ingest ingest;

    public ProfilesResource(Ingest ingest) {
        this.ingest = ingest;
    }

    @Post("/api/v1/profiles")
    @Blocking
    public HttpResponse add(ServiceRequestContext ctx, AggregatedHttpRequest request)
            throws BadRequestException, IngestException, StoreException, OverloadedException {
        // A pprof file is gzipped itself, so that gzip as content encoding is the same bytes; others are not read.
        String encoding = request.headers().get(HttpHeaderNames.CONTENT_ENCODING, "identity");
        if (!encoding.equals("identity") && !encoding.equals("gzip")) {
            throw new BadRequestException(
                    BadRequestException.Reason.ENCODING,
                    "content-encoding: '" + Parameters.quoted(encoding) + "' (expected: gzip or none)");
        }
        IncomingProfile profile =
                new IncomingProfile(labels(ctx.queryParams()), request.content().array());
        AppendResult result = ingest.ingest(List.of(profile));
        return Answers.json(result);
    }

    private static List<IncomingProfile.Label> labels(QueryParams params) throws BadRequestException {
        List<IncomingProfile.Label> labels = new ArrayList<>();
        for (Map.Entry<String, String> param : params) {
            if (!param.getKey().equals("label")) {
                throw Parameters.refused(
                        "parameter '" + Parameters.quoted(param.getKey()) + "' is not known (expected: label)");
            }
            int equals = param.getValue().indexOf('=');
            if (equals < 0) {
                throw Parameters.refused("label: '" + Parameters.quoted(param.getValue())
                        + "' (expected: name=value, such as service=api)");
            }
            labels.add(new IncomingProfile.Label(
                    param.getValue().substring(0, equals), param.getValue().substring(equals + 1)));
        }
        return labels;
    }
}
