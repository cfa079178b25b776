package dev.sonde.server.store.duckdb.day;

import dev.sonde.server.store.Cancellation;
import dev.sonde.server.store.StoreException;
import java.sql.SQLException;
import org.duckdb.DuckDBChunkedResult;
import org.duckdb.DuckDBConnection;
import org.duckdb.DuckDBDataChunkReader;
import org.duckdb.DuckDBPreparedStatement;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs a query and hands over its result chunk by chunk, as vectors; ends when the question is cancelled. */
final class Scan {

    private static final Logger LOG = LoggerFactory.getLogger(Scan.class);

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
        Cancellation cancellation = Cancellation.current();
        cancellation.check();
        try (DuckDBPreparedStatement statement = connection.prepare(sql);
                Cancellation.Registration _ = cancellation.onCancel(() -> cancel(statement));
                DuckDBChunkedResult result = statement.query()) {
            while (result.nextChunk()) {
                consumer.accept(result.chunk());
                cancellation.check();
            }
        } catch (SQLException e) {
            // A statement that was cancelled fails as interrupted.
            cancellation.check();
            throw e;
        }
    }

    private static void cancel(DuckDBPreparedStatement statement) {
        try {
            statement.cancel();
        } catch (SQLException e) {
            // Its rows are looked at no longer than to the next check.
            LOG.warn("cancelling a question: {}", e.getMessage());
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
