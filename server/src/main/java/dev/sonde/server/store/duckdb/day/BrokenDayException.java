package dev.sonde.server.store.duckdb.day;

import java.sql.SQLException;
import java.util.List;

/** A day's file is there but is not a database of this server: opening it again gives the same. */
public final class BrokenDayException extends Exception {

    private static final long serialVersionUID = 1L;

    /**
     * What DuckDB says of files that it cannot use, tried with garbage, empty, cut and overwritten files. Failures to
     * reach a file (rights, descriptors, memory) say other things, and so do files of a newer DuckDB, which are whole.
     */
    private static final List<String> CORRUPTION = List.of(
            "not a valid DuckDB database file",
            "Could not read enough bytes",
            "Data Corruption Error",
            "Corrupt database file",
            "Corrupt WAL file",
            "Serialization Error");

    /** A database of something else: the tables have other columns. */
    private static final List<String> OTHER_TABLES = List.of("Binder Error", "Catalog Error");

    public BrokenDayException(String message, Throwable cause) {
        super(message, cause);
    }

    /** Whether a failure to open or read a day is due to what its file holds. */
    static boolean isCause(Exception failure) {
        if (failure instanceof RuntimeException) {
            // Rows that contradict each other, such as a shape without sample types.
            return true;
        }
        return isCorruption(failure) || says(failure, OTHER_TABLES);
    }

    /**
     * Whether DuckDB says that what it read of an open day is not what it wrote. Other failures of a question may be the
     * question's.
     */
    public static boolean isCorruption(Exception failure) {
        return failure instanceof SQLException && says(failure, CORRUPTION);
    }

    /** Whether DuckDB refuses to go on with an open database until it is opened anew, whatever the question. */
    public static boolean isInvalidated(SQLException failure) {
        return says(failure, List.of("database has been invalidated"));
    }

    private static boolean says(Exception failure, List<String> words) {
        String message = String.valueOf(failure.getMessage());
        return words.stream().anyMatch(message::contains);
    }
}
