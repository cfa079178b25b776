package dev.sonde.server.store.duckdb.day;

import dev.sonde.model.Labels;
import dev.sonde.server.store.StoreException;
import dev.sonde.server.store.dictionary.DayDictionary;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.duckdb.DuckDBReadableVector;

/** Collects the labels of one day's samples. */
public final class DayLabels {

    /** Each sample's label set; none where no sample of the profile has labels. */
    private static final String SETS =
            "unnest(CASE WHEN len(label_set) = 0 THEN [" + DayDictionary.NO_LABELS + "] ELSE label_set END)";

    private DayLabels() {}

    /** Adds names and values of what is selected; a sample's own label hides its series'. */
    public static void add(DayQuery query, Map<String, Set<String>> labels) throws SQLException, StoreException {
        if (query.selectsNothing()) {
            return;
        }
        String sql = "SELECT DISTINCT series, " + SETS + " FROM profile WHERE " + query.where(query.shapesOfType());
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
        effective(dictionary, series, labelSet)
                .forEach((name, value) ->
                        labels.computeIfAbsent(name, key -> new TreeSet<>()).add(value));
    }

    private static Map<String, String> effective(DayDictionary.View dictionary, int series, int labelSet) {
        Map<String, String> effective =
                new TreeMap<>(dictionary.series().get(series).labels().toMap());
        effective.putAll(dictionary.labelSets().get(labelSet).toMap());
        return effective;
    }

    /** The distinct label sets that samples of one type have on a whole day, up to a bound. */
    public static final class Distinct {
        private final long maxLabels;
        private final Set<Labels> sets = new HashSet<>();
        private long labels;

        /**
         * None yet.
         *
         * @param maxLabels labels of all sets together; of a day with more, nothing is told
         */
        public Distinct(long maxLabels) {
            this.maxLabels = maxLabels;
        }

        public void read(DayReader reader, String type) throws SQLException, StoreException {
            String sql = "SELECT DISTINCT series, " + SETS + " FROM profile WHERE len(stack) > 0";
            Scan.rows(reader.connection(), sql, (chunk, row) -> {
                int series = chunk.vector(0).getInt(row);
                DayDictionary.View dictionary = reader.dictionary();
                if (labels <= maxLabels
                        && dictionary.series().get(series).type().equals(type)) {
                    add(Labels.of(effective(dictionary, series, chunk.vector(1).getInt(row))));
                }
            });
        }

        private void add(Labels set) {
            if (sets.add(set)) {
                labels += 1 + set.size();
            }
        }

        public Optional<List<Labels>> labels() {
            return labels > maxLabels ? Optional.empty() : Optional.of(List.copyOf(sets));
        }
    }
}
