package dev.sonde.server.store.duckdb;

import dev.sonde.model.Labels;
import dev.sonde.server.store.StoreException;
import dev.sonde.server.store.dictionary.DayDictionary;
import java.sql.SQLException;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.duckdb.DuckDBReadableVector;

/** Collects the labels of one day's selected samples. */
final class DayLabels {

    private DayLabels() {}

    /** Adds names and values; a sample's own label hides its series'. */
    static void add(DayQuery query, Map<String, Set<String>> labels) throws SQLException, StoreException {
        if (query.selectsNothing()) {
            return;
        }
        String sets = "unnest(CASE WHEN len(label_set) = 0 THEN [" + DayDictionary.NO_LABELS + "] ELSE label_set END)";
        String sql = "SELECT DISTINCT series, " + sets + " FROM profile WHERE " + query.where(query.shapesOfType());
        Scan.chunks(query.reader().connection(), sql, chunk -> {
            DuckDBReadableVector series = chunk.vector(0);
            DuckDBReadableVector labelSet = chunk.vector(1);
            for (long row = 0; row < chunk.rowCount(); row++) {
                if (query.filter().selects(series.getInt(row), labelSet.getInt(row))) {
                    add(query.dictionary(), series.getInt(row), labelSet.getInt(row), labels);
                }
            }
        });
    }

    private static void add(DayDictionary.View dictionary, int series, int labelSet, Map<String, Set<String>> labels) {
        Map<String, String> effective =
                new TreeMap<>(dictionary.series().get(series).labels().toMap());
        Labels own = dictionary.labelSets().get(labelSet);
        effective.putAll(own.toMap());
        effective.forEach((name, value) ->
                labels.computeIfAbsent(name, key -> new TreeSet<>()).add(value));
    }
}
