package dev.sonde.server.web;

import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.annotation.Blocking;
import com.linecorp.armeria.server.annotation.Get;
import com.linecorp.armeria.server.annotation.Head;
import dev.sonde.model.SelectorException;
import dev.sonde.server.ingest.OverloadedException;
import dev.sonde.server.query.QueryException;
import dev.sonde.server.store.ProfileStore;
import dev.sonde.server.store.StoreException;
import dev.sonde.server.store.StoreQuery;
import dev.sonde.server.web.refusal.BadRequestException;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * {@code GET /api/v1/labels?query[&from&to]}: {@code {"name":["value",...]}}, the labels of series and of samples that
 * the question selects, sorted. Of a label with very many values the first are given, and the header
 * {@code sonde-cut-labels} names it, percent-encoded; where it ends in {@code ...} there are more such labels.
 */
public final class LabelsResource {

    /** Values of one label: more than a menu can offer; a label by thread or request has a million. */
    static final int MAX_VALUES = 10_000;

    /** Of the header: clients take 8 KiB of all headers together. */
    private static final int MAX_HEADER_LENGTH = 2048;

    private static final String CUT_HEADER = "sonde-cut-labels";

    private final ProfileStore store;
    private final KnownTypes types;
    private final Questions questions;

    public LabelsResource(ProfileStore store, KnownTypes types, Questions questions) {
        this.store = store;
        this.types = types;
        this.questions = questions;
    }

    @Get("/api/v1/labels")
    @Head("/api/v1/labels")
    @Blocking
    public HttpResponse labels(ServiceRequestContext ctx)
            throws BadRequestException, SelectorException, StoreException, QueryException, IOException,
                    OverloadedException {
        StoreQuery query = questions.query(Parameters.of(ctx.queryParams(), "query", "from", "to"));
        Map<String, List<String>> found = questions.answer("labels", () -> {
            Map<String, List<String>> labels = store.labels(query);
            if (labels.isEmpty()) {
                types.check(query);
            }
            return labels;
        });
        Map<String, List<String>> bounded = new LinkedHashMap<>();
        found.forEach((name, values) ->
                bounded.put(name, values.size() > MAX_VALUES ? values.subList(0, MAX_VALUES) : values));
        String cut = cutNames(found);
        HttpResponse answer = Answers.json(bounded, questions.buffer());
        return cut.isEmpty()
                ? answer
                : answer.mapHeaders(
                        headers -> headers.toBuilder().set(CUT_HEADER, cut).build());
    }

    /** The labels that are cut, with commas between; empty where none is. */
    static String cutNames(Map<String, List<String>> labels) {
        StringBuilder names = new StringBuilder();
        for (Map.Entry<String, List<String>> label : labels.entrySet()) {
            if (label.getValue().size() > MAX_VALUES) {
                // A sample's labels have any names: commas and line ends would be more than a part of the header.
                String name = URLEncoder.encode(label.getKey(), StandardCharsets.UTF_8)
                        .replace("+", "%20");
                names.append(names.isEmpty() ? "" : ",");
                if (names.length() + name.length() > MAX_HEADER_LENGTH) {
                    return names.append("...").toString();
                }
                names.append(name);
            }
        }
        return names.toString();
    }
}
