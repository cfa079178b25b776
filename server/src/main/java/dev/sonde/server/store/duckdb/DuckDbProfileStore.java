package dev.sonde.server.store.duckdb;

import dev.sonde.model.Labels;
import dev.sonde.model.TimeRange;
import dev.sonde.model.ValueType;
import dev.sonde.server.store.NewProfile;
import dev.sonde.server.store.ProfileStore;
import dev.sonde.server.store.StackTree;
import dev.sonde.server.store.StoreException;
import dev.sonde.server.store.StoreQuery;
import dev.sonde.server.store.StoreStatistics;
import dev.sonde.server.store.TypeSummary;
import dev.sonde.server.store.duckdb.day.DayMerge;
import dev.sonde.server.store.duckdb.day.DayQuery;
import dev.sonde.server.store.duckdb.day.DaySeries;
import dev.sonde.server.store.duckdb.day.TypeChoice;
import it.unimi.dsi.fastutil.longs.Long2LongOpenHashMap;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Profiles in DuckDB files, one a UTC day. Appends of all threads are written by one, as many as wait in one
 * transaction; what a question needs of a day is read in one transaction of its own.
 */
public final class DuckDbProfileStore implements ProfileStore {

    private static final Logger LOG = LoggerFactory.getLogger(DuckDbProfileStore.class);

    private final DataFolder folder;
    private final Days days;
    private final DayReads reads;
    private final DayCatalog catalog;
    private final Appender appender;
    private final GroupCommit writer;
    private final Map<String, Long> refused = new ConcurrentHashMap<>();

    private DuckDbProfileStore(DataFolder folder, Days days, StoreSettings settings) {
        this.folder = folder;
        this.days = days;
        this.reads = new DayReads(folder, days);
        this.catalog = new DayCatalog(reads, days.summaries());
        this.appender = new Appender(days);
        this.writer = new GroupCommit(settings.maxWaitingAppends(), appender);
    }

    /**
     * Opens a data folder, making it when there is none.
     *
     * @throws StoreException with reason FOLDER when the folder is not writable, in use by another process, or written by
     *     a newer version
     */
    public static DuckDbProfileStore open(Path root, StoreSettings settings) throws StoreException {
        DataFolder folder = DataFolder.open(root);
        try {
            return new DuckDbProfileStore(folder, new Days(folder, settings), settings);
        } catch (StoreException e) {
            closeFolder(folder);
            throw e;
        }
    }

    @Override
    public AppendResult append(List<NewProfile> profiles) throws StoreException {
        if (profiles.isEmpty()) {
            return new AppendResult(0, 0);
        }
        try {
            return writer.append(profiles);
        } catch (StoreException e) {
            refused.merge(e.reason().word(), 1L, Long::sum);
            throw e;
        }
    }

    @Override
    public List<TypeSummary> types(TimeRange range) throws StoreException {
        return catalog.types(range).summaries();
    }

    @Override
    public Map<String, List<String>> labels(StoreQuery query) throws StoreException {
        Map<String, List<String>> labels = new LinkedHashMap<>();
        catalog.labels(query).forEach((name, values) -> labels.put(name, List.copyOf(values)));
        return labels;
    }

    @Override
    public StackTree merge(StoreQuery query) throws StoreException {
        TypeChoice types = catalog.types(query.range());
        ValueType selected = types.selected(query.selector());
        return selected == null ? StackTree.empty() : merge(query, types, List.of(selected), selected);
    }

    @Override
    public StackTree mergeAllValues(StoreQuery query) throws StoreException {
        TypeChoice types = catalog.types(query.range());
        ValueType selected = types.selected(query.selector());
        return selected == null
                ? StackTree.empty()
                : merge(query, types, types.valueTypes(query.selector().type()), selected);
    }

    private StackTree merge(StoreQuery query, TypeChoice types, List<ValueType> values, ValueType selected)
            throws StoreException {
        TreeMerger merger = new TreeMerger(values.size());
        reads.in(query.range()).forEach(reader -> merger.add(DayMerge.merge(new DayQuery(reader, query), values)));
        return merger.tree(
                values, values.indexOf(selected), types.period(query.selector().type()));
    }

    @Override
    public List<PointSeries> series(StoreQuery query, Duration step, List<String> by) throws StoreException {
        long stepNanos = step.toNanos();
        if (stepNanos <= 0) {
            throw new IllegalArgumentException("step: " + step + " (expected: longer than nothing)");
        }
        ValueType selected = catalog.types(query.range()).selected(query.selector());
        if (selected == null) {
            return List.of();
        }
        Map<Labels, Long2LongOpenHashMap> lines = new LinkedHashMap<>();
        reads.in(query.range())
                .forEach(reader ->
                        DaySeries.add(new DayQuery(reader, query), selected, stepNanos, List.copyOf(by), lines));
        TreeMap<String, PointSeries> sorted = new TreeMap<>();
        lines.forEach((labels, line) -> {
            long[] times = line.keySet().toLongArray();
            Arrays.sort(times);
            long[] values = Arrays.stream(times).map(line::get).toArray();
            sorted.put(labels.toString(), new PointSeries(labels, selected.unit(), times, values));
        });
        return List.copyOf(sorted.values());
    }

    @Override
    public Optional<TimeRange> extent() throws StoreException {
        return catalog.extent();
    }

    @Override
    public long dropBefore(Instant instant) throws StoreException {
        return days.dropBefore(instant.atOffset(ZoneOffset.UTC).toLocalDate());
    }

    @Override
    public StoreStatistics statistics() {
        long diskBytes = 0;
        try {
            diskBytes = folder.diskBytes();
        } catch (IOException e) {
            LOG.warn("listing {}: {}", folder.root(), e.toString());
        }
        return new StoreStatistics(
                appender.stored.get(),
                appender.known.get(),
                appender.samples.get(),
                appender.numberLabelsDropped.get(),
                appender.commits.get(),
                refused,
                days.broken(),
                diskBytes);
    }

    /** Writes what waits, then closes the files. */
    @Override
    public void close() {
        writer.close();
        days.close();
        closeFolder(folder);
    }

    private static void closeFolder(DataFolder folder) {
        try {
            folder.close();
        } catch (IOException e) {
            LOG.warn("closing {}: {}", folder.root(), e.toString());
        }
    }
}
