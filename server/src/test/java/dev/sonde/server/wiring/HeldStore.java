package dev.sonde.server.wiring;

import dev.sonde.model.TimeRange;
import dev.sonde.server.store.NewProfile;
import dev.sonde.server.store.ProfileStore;
import dev.sonde.server.store.StackTree;
import dev.sonde.server.store.StoreException;
import dev.sonde.server.store.StoreQuery;
import dev.sonde.server.store.StoreStatistics;
import dev.sonde.server.store.TypeSummary;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A store whose merges wait before they begin; all else goes through. */
record HeldStore(ProfileStore store, Hold hold) implements ProfileStore {

    /** What a merge waits for. */
    interface Hold {
        void await() throws StoreException;
    }

    @Override
    public StackTree merge(StoreQuery query) throws StoreException {
        hold.await();
        return store.merge(query);
    }

    @Override
    public AppendResult append(List<NewProfile> profiles) throws StoreException {
        return store.append(profiles);
    }

    @Override
    public List<TypeSummary> types(TimeRange range) throws StoreException {
        return store.types(range);
    }

    @Override
    public Map<String, List<String>> labels(StoreQuery query) throws StoreException {
        return store.labels(query);
    }

    @Override
    public StackTree mergeAllValues(StoreQuery query) throws StoreException {
        return store.mergeAllValues(query);
    }

    @Override
    public List<PointSeries> series(StoreQuery query, Duration step, List<String> by) throws StoreException {
        return store.series(query, step, by);
    }

    @Override
    public Optional<TimeRange> extent() throws StoreException {
        return store.extent();
    }

    @Override
    public long dropBefore(Instant instant) throws StoreException {
        return store.dropBefore(instant);
    }

    @Override
    public StoreStatistics statistics() {
        return store.statistics();
    }

    @Override
    public void close() {
        store.close();
    }
}
