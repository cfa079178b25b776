package dev.sonde.server.web;

import dev.sonde.server.query.FlameQuery;
import dev.sonde.server.query.QueryException;
import dev.sonde.server.store.StoreException;
import dev.sonde.server.store.StoreQuery;

/** Tells a question that selects nothing from one whose type is spelled wrong. */
public final class KnownTypes {

    private final FlameQuery flame;

    public KnownTypes(FlameQuery flame) {
        this.flame = flame;
    }

    /**
     * Called when a question found nothing.
     *
     * @throws QueryException when its type, or its type's value, was never stored
     */
    void check(StoreQuery query) throws StoreException, QueryException {
        // The same question again as a flame graph, which refuses such types; of nothing it is cheap.
        flame.run(query, 1);
    }
}
