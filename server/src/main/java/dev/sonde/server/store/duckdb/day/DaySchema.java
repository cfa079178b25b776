package dev.sonde.server.store.duckdb.day;

import dev.sonde.server.store.NewProfile;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** The tables of a day's database. Ids are dense from 0, each row's id is the number of rows before it. */
final class DaySchema {

    private static final List<String> TABLES = List.of(
            "mapping(id INTEGER, file VARCHAR, build_id VARCHAR, start_address BIGINT, limit_address BIGINT,"
                    + " file_offset BIGINT)",
            "function(id INTEGER, name VARCHAR, system_name VARCHAR, file VARCHAR)",
            "location(id INTEGER, mapping INTEGER, address BIGINT)",
            // In the order of locations, and within one the innermost inlined call first.
            "line(location INTEGER, function INTEGER, number INTEGER)",
            // parent < id, -1 = root
            "stack(id INTEGER, parent INTEGER, location INTEGER)",
            // Set 0 is the empty one and has no rows.
            "label_set(id INTEGER, name VARCHAR, value VARCHAR)",
            "series(id INTEGER, type VARCHAR)",
            "series_label(series INTEGER, name VARCHAR, value VARCHAR)",
            "shape(id INTEGER, type VARCHAR, default_sample_type INTEGER, period_type VARCHAR, period_unit VARCHAR)",
            "sample_type(shape INTEGER, name VARCHAR, unit VARCHAR)",
            "profile(id_high BIGINT, id_low BIGINT, series INTEGER, shape INTEGER, time_nanos BIGINT,"
                    + " duration_nanos BIGINT, period BIGINT, stack INTEGER[], label_set INTEGER[]"
                    + valueColumns() + ")");

    private DaySchema() {}

    /** Creates what is not there yet; all of it or nothing. */
    static void create(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("BEGIN TRANSACTION");
            for (String table : TABLES) {
                statement.execute("CREATE TABLE IF NOT EXISTS " + table);
            }
            statement.execute("COMMIT");
        }
    }

    /** The column of a profile's values of one sample type. */
    static String valueColumn(int sampleType) {
        return "value_" + sampleType;
    }

    private static String valueColumns() {
        StringBuilder columns = new StringBuilder();
        for (int i = 0; i < NewProfile.MAX_SAMPLE_TYPES; i++) {
            columns.append(", ").append(valueColumn(i)).append(" BIGINT[]");
        }
        return columns.toString();
    }
}
