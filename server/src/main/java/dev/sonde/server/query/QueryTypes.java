package dev.sonde.server.query;

import dev.sonde.model.Selector;
import dev.sonde.model.TimeRange;
import dev.sonde.server.store.ProfileStore;
import dev.sonde.server.store.StackTree;
import dev.sonde.server.store.StoreException;
import dev.sonde.server.store.StoreQuery;
import dev.sonde.server.store.TypeSummary;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Tells a question about what is not there from one about what is spelled wrong. */
final class QueryTypes {

    private QueryTypes() {}

    /**
     * The merged stacks of what a question selects.
     *
     * @throws QueryException when that is nothing, and was never anything
     */
    static StackTree merge(ProfileStore store, StoreQuery query) throws StoreException, QueryException {
        StackTree stacks = store.merge(query);
        if (stacks.size() == 0) {
            check(store, query);
        }
        return stacks;
    }

    /**
     * Called when a question found nothing.
     *
     * @throws QueryException when the store has no such type, or the type no such values, at any time
     */
    private static void check(ProfileStore store, StoreQuery query) throws StoreException, QueryException {
        Optional<TimeRange> extent = store.extent();
        if (extent.isEmpty()) {
            return;
        }
        Selector selector = query.selector();
        List<TypeSummary> types = store.types(extent.get());
        TypeSummary type = types.stream()
                .filter(candidate -> candidate.type().equals(selector.type()))
                .findFirst()
                .orElseThrow(() -> new QueryException("profile type: '" + selector.type() + "' (expected: "
                        + oneOf(types.stream().map(TypeSummary::type).toList()) + ")"));
        List<String> values =
                type.sampleTypes().stream().map(value -> value.type()).toList();
        if (!selector.sampleType().isEmpty() && !values.contains(selector.sampleType())) {
            throw new QueryException("sample type of " + selector.type() + ": '" + selector.sampleType()
                    + "' (expected: " + oneOf(values) + ")");
        }
    }

    private static String oneOf(List<String> words) {
        return words.stream().distinct().collect(Collectors.joining(", ", "one of ", ""));
    }
}
