package dev.sonde.server.store.duckdb;

import dev.sonde.server.store.StoreException;
import java.sql.SQLException;
import org.duckdb.DuckDBChunkedResult;
import org.duckdb.DuckDBConnection;
import org.duckdb.DuckDBDataChunkReader;
import org.duckdb.DuckDBPreparedStatement;

/** Runs a query and hands over its result chunk by chunk, as vectors. */
final class Scan {

    private Scan() {}

    /** Takes one chunk of a result. */
    interface ChunkConsumer {
        void accept(DuckDBDataChunkReader chunk) throws StoreException;
    }

    /** Takes one row of a chunk. */
    interface RowConsumer {
        void accept(DuckDBDataChunkReader chunk, long row) throws StoreException;
    }

    static void chunks(DuckDBConnection connection, String sql, ChunkConsumer consumer)
            throws SQLException, StoreException {
        try (DuckDBPreparedStatement statement = connection.prepare(sql);
                DuckDBChunkedResult result = statement.query()) {
            while (result.nextChunk()) {
                consumer.accept(result.chunk());
            }
        }
    }

    static void rows(DuckDBConnection connection, String sql, RowConsumer consumer)
            throws SQLException, StoreException {
        chunks(connection, sql, chunk -> {
            long rows = chunk.rowCount();
            for (long row = 0; row < rows; row++) {
                consumer.accept(chunk, row);
            }
        });
    }
}
