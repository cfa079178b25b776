package dev.sonde.server.store.duckdb.day;

import dev.sonde.model.Labels;
import dev.sonde.model.ValueType;
import dev.sonde.server.store.NewProfile;
import dev.sonde.server.store.dictionary.DayDictionary;
import dev.sonde.server.store.dictionary.DayDictionary.Function;
import dev.sonde.server.store.dictionary.DayDictionary.Mapping;
import dev.sonde.server.store.dictionary.DayDictionary.Mark;
import dev.sonde.server.store.dictionary.DayDictionary.Series;
import dev.sonde.server.store.dictionary.DayDictionary.Shape;
import dev.sonde.server.store.dictionary.EncodedProfile;
import dev.sonde.server.store.dictionary.LocationTable;
import it.unimi.dsi.fastutil.ints.IntArrayList;
import it.unimi.dsi.fastutil.longs.LongArrayList;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.duckdb.DuckDBAppender;
import org.duckdb.DuckDBConnection;

/** Writes rows and what is new in the dictionary in one transaction. */
final class DayWriter {

    private final DuckDBConnection connection;
    private final DayDictionary.View dictionary;
    private final Mark written;

    private DayWriter(DuckDBConnection connection, DayDictionary.View dictionary, Mark written) {
        this.connection = connection;
        this.dictionary = dictionary;
        this.written = written;
    }

    /**
     * Writes and commits. The commit returns after the write-ahead log is on disk.
     *
     * @param written what of the dictionary is in the database already
     */
    static void write(
            DuckDBConnection connection, DayDictionary.View dictionary, Mark written, List<EncodedProfile> rows)
            throws SQLException {
        DayWriter writer = new DayWriter(connection, dictionary, written);
        try (Statement statement = connection.createStatement()) {
            statement.execute("BEGIN TRANSACTION");
            try {
                writer.writeCode();
                writer.writeStacks();
                writer.writeLabels();
                writer.writeShapes();
                writer.writeProfiles(rows);
                statement.execute("COMMIT");
            } catch (SQLException e) {
                rollback(statement, e);
                throw e;
            }
        }
    }

    private static void rollback(Statement statement, SQLException cause) {
        try {
            statement.execute("ROLLBACK");
        } catch (SQLException e) {
            // A failed commit has rolled back by itself.
            cause.addSuppressed(e);
        }
    }

    /** Appends rows to one table. */
    private interface Rows {
        void append(DuckDBAppender appender, int id) throws SQLException;
    }

    private void append(String table, int from, int to, Rows rows) throws SQLException {
        if (from == to) {
            return;
        }
        try (DuckDBAppender appender = connection.createAppender("main", table)) {
            for (int id = from; id < to; id++) {
                rows.append(appender, id);
            }
        }
    }

    private void writeCode() throws SQLException {
        append("mapping", written.mappings(), dictionary.mappings().count(), (appender, id) -> {
            Mapping mapping = dictionary.mappings().get(id);
            appender.beginRow()
                    .append(id)
                    .append(mapping.file())
                    .append(mapping.buildId())
                    .append(mapping.start())
                    .append(mapping.limit())
                    .append(mapping.offset())
                    .endRow();
        });
        append("function", written.functions(), dictionary.functions().count(), (appender, id) -> {
            Function function = dictionary.functions().get(id);
            appender.beginRow()
                    .append(id)
                    .append(function.name())
                    .append(function.systemName())
                    .append(function.file())
                    .endRow();
        });
    }

    private void writeStacks() throws SQLException {
        LocationTable.View locations = dictionary.locations();
        append(
                "location",
                written.locations(),
                locations.count(),
                (appender, id) -> appender.beginRow()
                        .append(id)
                        .append(locations.mapping()[id])
                        .append(locations.address()[id])
                        .endRow());
        append("line", written.locations(), locations.count(), (appender, id) -> {
            for (int line = locations.lineStart()[id]; line < locations.lineStart()[id + 1]; line++) {
                appender.beginRow()
                        .append(id)
                        .append(locations.lineFunction()[line])
                        .append(locations.lineNumber()[line])
                        .endRow();
            }
        });
        append(
                "stack",
                written.stacks(),
                dictionary.stacks().count(),
                (appender, id) -> appender.beginRow()
                        .append(id)
                        .append(dictionary.stacks().parent()[id])
                        .append(dictionary.stacks().location()[id])
                        .endRow());
    }

    private void writeLabels() throws SQLException {
        append(
                "label_set",
                written.labelSets(),
                dictionary.labelSets().count(),
                (appender, id) ->
                        appendLabels(appender, id, dictionary.labelSets().get(id)));
        append(
                "series",
                written.series(),
                dictionary.series().count(),
                (appender, id) -> appender.beginRow()
                        .append(id)
                        .append(dictionary.series().get(id).type())
                        .endRow());
        append("series_label", written.series(), dictionary.series().count(), (appender, id) -> {
            Series series = dictionary.series().get(id);
            appendLabels(appender, id, series.labels());
        });
    }

    private static void appendLabels(DuckDBAppender appender, int id, Labels labels) throws SQLException {
        for (int i = 0; i < labels.size(); i++) {
            appender.beginRow()
                    .append(id)
                    .append(labels.name(i))
                    .append(labels.value(i))
                    .endRow();
        }
    }

    private void writeShapes() throws SQLException {
        append("shape", written.shapes(), dictionary.shapes().count(), (appender, id) -> {
            Shape shape = dictionary.shapes().get(id);
            appender.beginRow()
                    .append(id)
                    .append(shape.type())
                    .append(shape.defaultSampleType())
                    .append(shape.periodType().type())
                    .append(shape.periodType().unit())
                    .endRow();
        });
        append("sample_type", written.shapes(), dictionary.shapes().count(), (appender, id) -> {
            for (ValueType type : dictionary.shapes().get(id).sampleTypes()) {
                appender.beginRow()
                        .append(id)
                        .append(type.type())
                        .append(type.unit())
                        .endRow();
            }
        });
    }

    private void writeProfiles(List<EncodedProfile> rows) throws SQLException {
        append("profile", 0, rows.size(), (appender, i) -> {
            EncodedProfile row = rows.get(i);
            appender.beginRow()
                    .append(row.id().high())
                    .append(row.id().low())
                    .append(row.series())
                    .append(row.shape())
                    .append(row.timeNanos())
                    .append(row.durationNanos())
                    .append(row.period())
                    .append(IntArrayList.wrap(row.stack()))
                    .append(IntArrayList.wrap(row.labelSet()));
            for (int type = 0; type < NewProfile.MAX_SAMPLE_TYPES; type++) {
                if (type < row.values().length) {
                    appender.append(LongArrayList.wrap(row.values()[type]));
                } else {
                    appender.appendNull();
                }
            }
            appender.endRow();
        });
    }
}
