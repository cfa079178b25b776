package dev.sonde.server.store.duckdb.day;

import dev.sonde.model.Labels;
import dev.sonde.model.ValueType;
import dev.sonde.server.store.Saturating;
import dev.sonde.server.store.StoreException;
import dev.sonde.server.store.dictionary.DayDictionary;
import it.unimi.dsi.fastutil.ints.IntArrayList;
import it.unimi.dsi.fastutil.longs.Long2LongOpenHashMap;
import it.unimi.dsi.fastutil.longs.Long2ObjectOpenHashMap;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.duckdb.DuckDBDataChunkReader;
import org.duckdb.DuckDBReadableVector;

/** Adds one day's values up over time, for each set of values of some labels. */
public final class DaySeries {

    /** Points of all lines together: what a browser still draws and a reader still takes. */
    private static final int MAX_POINTS = 1 << 20;

    private final DayQuery query;
    private final long stepNanos;
    private final List<String> by;
    private final Map<Labels, Long2LongOpenHashMap> lines;
    private final Long2ObjectOpenHashMap<Long2LongOpenHashMap> lineOfKey = new Long2ObjectOpenHashMap<>();
    private int points;

    private DaySeries(DayQuery query, long stepNanos, List<String> by, Map<Labels, Long2LongOpenHashMap> lines) {
        this.query = query;
        this.stepNanos = stepNanos;
        this.by = by;
        this.lines = lines;
        lines.values().forEach(line -> points += line.size());
    }

    /** Adds the day's sums to the lines. */
    public static void add(
            DayQuery query, ValueType type, long stepNanos, List<String> by, Map<Labels, Long2LongOpenHashMap> lines)
            throws SQLException, StoreException {
        if (!query.selectsNothing()) {
            new DaySeries(query, stepNanos, by, lines).scan(type);
        }
    }

    private void scan(ValueType type) throws SQLException, StoreException {
        Map<Integer, IntArrayList> shapesByColumn = new HashMap<>();
        IntArrayList ofType = query.shapesOfType();
        for (int i = 0; i < ofType.size(); i++) {
            int column = query.dictionary()
                    .shapes()
                    .get(ofType.getInt(i))
                    .sampleTypes()
                    .indexOf(type);
            if (column >= 0) {
                shapesByColumn
                        .computeIfAbsent(column, key -> new IntArrayList())
                        .add(ofType.getInt(i));
            }
        }
        boolean bySample = query.filter().needsSampleLabels() || groupsBySampleLabel();
        for (Map.Entry<Integer, IntArrayList> entry : shapesByColumn.entrySet()) {
            String sql = bySample
                    ? samplesSql(DaySchema.valueColumn(entry.getKey()), entry.getValue())
                    : sumsSql(DaySchema.valueColumn(entry.getKey()), entry.getValue());
            Scan.chunks(query.reader().connection(), sql, chunk -> add(chunk, bySample));
        }
    }

    private boolean groupsBySampleLabel() {
        for (int id = 1; !by.isEmpty() && id < query.dictionary().labelSets().count(); id++) {
            Labels labels = query.dictionary().labelSets().get(id);
            for (String name : by) {
                if (!labels.get(name).isEmpty()) {
                    return true;
                }
            }
        }
        return false;
    }

    private String point() {
        return "time_nanos // " + stepNanos + " * " + stepNanos;
    }

    private String sumsSql(String column, IntArrayList shapes) {
        return "SELECT series, " + point() + ", least(sum(list_sum(" + column + ")), " + Long.MAX_VALUE
                + ")::BIGINT FROM profile WHERE " + query.where(shapes) + " GROUP BY ALL";
    }

    private String samplesSql(String column, IntArrayList shapes) {
        return "SELECT series, " + point() + ", unnest(" + column + "), unnest(label_set) FROM profile WHERE "
                + query.where(shapes);
    }

    private void add(DuckDBDataChunkReader chunk, boolean bySample) throws StoreException {
        DuckDBReadableVector series = chunk.vector(0);
        DuckDBReadableVector time = chunk.vector(1);
        DuckDBReadableVector value = chunk.vector(2);
        DuckDBReadableVector labelSet = bySample ? chunk.vector(3) : null;
        int rows = (int) chunk.rowCount();
        for (int row = 0; row < rows; row++) {
            int set = labelSet == null ? DayDictionary.NO_LABELS : labelSet.getInt(row, DayDictionary.NO_LABELS);
            if (query.filter().selects(series.getInt(row), set)) {
                add(line(series.getInt(row), set), time.getLong(row), value.getLong(row));
            }
        }
    }

    private void add(Long2LongOpenHashMap line, long time, long value) throws StoreException {
        int before = line.size();
        line.put(time, Saturating.add(line.get(time), value));
        points += line.size() - before;
        if (points > MAX_POINTS) {
            throw new StoreException(
                    StoreException.Reason.FULL,
                    "series: more than " + MAX_POINTS + " points (expected: at most that; a larger step, a shorter"
                            + " range or fewer labels to group by gives less)");
        }
    }

    private Long2LongOpenHashMap line(int series, int labelSet) {
        long key = (long) series << 32 | labelSet;
        Long2LongOpenHashMap line = lineOfKey.get(key);
        if (line == null) {
            Labels own = query.dictionary().labelSets().get(labelSet);
            Labels shared = query.dictionary().series().get(series).labels();
            Map<String, String> values = new HashMap<>();
            for (String name : by) {
                values.put(name, own.get(name).isEmpty() ? shared.get(name) : own.get(name));
            }
            line = lines.computeIfAbsent(Labels.of(values), key2 -> new Long2LongOpenHashMap());
            lineOfKey.put(key, line);
        }
        return line;
    }
}
