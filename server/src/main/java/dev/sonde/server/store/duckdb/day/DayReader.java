package dev.sonde.server.store.duckdb.day;

import dev.sonde.server.store.dictionary.DayDictionary;
import java.sql.SQLException;
import org.duckdb.DuckDBConnection;

/**
 * A consistent look at one day: rows of one moment, and a dictionary that has everything that they name.
 *
 * @param connection in a transaction
 */
public record DayReader(DuckDBConnection connection, DayDictionary.View dictionary) implements AutoCloseable {
    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
