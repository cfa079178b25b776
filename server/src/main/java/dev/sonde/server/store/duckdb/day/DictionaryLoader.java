package dev.sonde.server.store.duckdb.day;

import dev.sonde.model.Labels;
import dev.sonde.model.ValueType;
import dev.sonde.server.store.StoreException;
import dev.sonde.server.store.dictionary.DayDictionary;
import dev.sonde.server.store.dictionary.DayDictionary.Function;
import dev.sonde.server.store.dictionary.DayDictionary.Mapping;
import dev.sonde.server.store.dictionary.DayDictionary.Series;
import dev.sonde.server.store.dictionary.DayDictionary.Shape;
import it.unimi.dsi.fastutil.ints.IntArrayList;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.duckdb.DuckDBConnection;
import org.duckdb.DuckDBDataChunkReader;

/** Reads a day's dictionary tables into memory. */
final class DictionaryLoader {

    private final DuckDBConnection connection;
    private final DayDictionary dictionary;

    private DictionaryLoader(DuckDBConnection connection, DayDictionary dictionary) {
        this.connection = connection;
        this.dictionary = dictionary;
    }

    static void load(DuckDBConnection connection, DayDictionary dictionary) throws SQLException, StoreException {
        DictionaryLoader loader = new DictionaryLoader(connection, dictionary);
        loader.loadCode();
        loader.loadLabels();
        loader.loadShapes();
        dictionary.loaded();
    }

    private void loadCode() throws SQLException, StoreException {
        Scan.rows(
                connection,
                "SELECT file, build_id, start_address, limit_address, file_offset FROM mapping ORDER BY id",
                (chunk, row) -> dictionary
                        .mappings()
                        .load(new Mapping(
                                text(chunk, 0, row),
                                text(chunk, 1, row),
                                chunk.vector(2).getLong(row),
                                chunk.vector(3).getLong(row),
                                chunk.vector(4).getLong(row))));
        Scan.rows(
                connection,
                "SELECT name, system_name, file FROM function ORDER BY id",
                (chunk, row) -> dictionary
                        .functions()
                        .load(new Function(text(chunk, 0, row), text(chunk, 1, row), text(chunk, 2, row))));
        loadLocations();
        Scan.rows(
                connection,
                "SELECT parent, location FROM stack ORDER BY id",
                (chunk, row) -> dictionary
                        .stacks()
                        .load(chunk.vector(0).getInt(row), chunk.vector(1).getInt(row)));
    }

    private void loadLocations() throws SQLException, StoreException {
        IntArrayList lineLocation = new IntArrayList();
        IntArrayList lineFunction = new IntArrayList();
        IntArrayList lineNumber = new IntArrayList();
        // Rows of a location were written together and in order; rowid is that order.
        Scan.rows(connection, "SELECT location, function, number FROM line ORDER BY location, rowid", (chunk, row) -> {
            lineLocation.add(chunk.vector(0).getInt(row));
            lineFunction.add(chunk.vector(1).getInt(row));
            lineNumber.add(chunk.vector(2).getInt(row));
        });
        int[] next = new int[1];
        Scan.rows(connection, "SELECT id, mapping, address FROM location ORDER BY id", (chunk, row) -> {
            int id = chunk.vector(0).getInt(row);
            int from = next[0];
            int to = from;
            while (to < lineLocation.size() && lineLocation.getInt(to) == id) {
                to++;
            }
            next[0] = to;
            int loaded = dictionary
                    .locations()
                    .intern(
                            chunk.vector(1).getInt(row),
                            chunk.vector(2).getLong(row),
                            lineFunction.subList(from, to).toIntArray(),
                            lineNumber.subList(from, to).toIntArray(),
                            to - from);
            if (loaded != id) {
                throw new StoreException("location " + id + ": equals location " + loaded + " (expected: none does)");
            }
        });
    }

    private void loadLabels() throws SQLException, StoreException {
        Map<Integer, Map<String, String>> sets = pairs("SELECT id, name, value FROM label_set");
        for (int id = 1; id <= sets.size(); id++) {
            dictionary.labelSets().load(Labels.of(sets.get(id)));
        }
        Map<Integer, Map<String, String>> labels = pairs("SELECT series, name, value FROM series_label");
        Scan.rows(connection, "SELECT id, type FROM series ORDER BY id", (chunk, row) -> {
            Map<String, String> own = labels.getOrDefault(chunk.vector(0).getInt(row), Map.of());
            dictionary.series().load(new Series(text(chunk, 1, row), Labels.of(own)));
        });
    }

    private Map<Integer, Map<String, String>> pairs(String sql) throws SQLException, StoreException {
        Map<Integer, Map<String, String>> pairs = new HashMap<>();
        Scan.rows(
                connection,
                sql,
                (chunk, row) -> pairs.computeIfAbsent(chunk.vector(0).getInt(row), id -> new HashMap<>())
                        .put(text(chunk, 1, row), text(chunk, 2, row)));
        return pairs;
    }

    private void loadShapes() throws SQLException, StoreException {
        Map<Integer, List<ValueType>> types = new HashMap<>();
        Scan.rows(
                connection,
                "SELECT shape, name, unit FROM sample_type ORDER BY shape, rowid",
                (chunk, row) -> types.computeIfAbsent(chunk.vector(0).getInt(row), id -> new ArrayList<>())
                        .add(new ValueType(text(chunk, 1, row), text(chunk, 2, row))));
        Scan.rows(
                connection,
                "SELECT id, type, default_sample_type, period_type, period_unit FROM shape ORDER BY id",
                (chunk, row) -> dictionary
                        .shapes()
                        .load(new Shape(
                                text(chunk, 1, row),
                                types.get(chunk.vector(0).getInt(row)),
                                chunk.vector(2).getInt(row),
                                new ValueType(text(chunk, 3, row), text(chunk, 4, row)))));
    }

    private static String text(DuckDBDataChunkReader chunk, int column, long row) {
        return chunk.vector(column).getString(row);
    }
}
