package dev.sonde.server.query;

import dev.sonde.server.store.ProfileStore;
import dev.sonde.server.store.StoreException;
import dev.sonde.server.store.StoreQuery;
import java.io.IOException;
import java.util.Objects;

/** Flame graphs. */
public final class FlameQuery {

    /** Share of all below which frames are put together, unless asked otherwise: half a pixel of 1,000. */
    public static final double DEFAULT_MIN_SHARE = 0.0005;

    private final ProfileStore store;
    private final FrameNamer namer;

    public FlameQuery(ProfileStore store, FrameNamer namer) {
        this.store = Objects.requireNonNull(store, "store");
        this.namer = Objects.requireNonNull(namer, "namer");
    }

    /**
     * The flame graph of what a question selects; only the root when that is nothing.
     *
     * @param minShare share of all, 0 to 1, below which frames are put together; 0 = none are
     * @throws QueryException when the share is out of range, or the type is not known
     */
    public FlameColumns run(StoreQuery query, double minShare) throws StoreException, QueryException {
        if (!(minShare >= 0 && minShare <= 1)) {
            throw new QueryException("min_share: " + minShare + " (expected: 0 to 1)");
        }
        return FlameCut.cut(QueryTypes.merge(store, query), namer, minShare);
    }

    /** Writes each stack as {@code root;...;leaf value}, uncut, in the order of the frames' names. */
    public void writeCollapsed(StoreQuery query, Appendable out) throws StoreException, QueryException, IOException {
        Collapsed.write(FrameTree.of(QueryTypes.merge(store, query), namer), out);
    }
}
