package dev.sonde.server.store.duckdb;

/** A day's file is there but is not a database of this server: opening it again gives the same. */
final class BrokenDayException extends Exception {

    private static final long serialVersionUID = 1L;

    /**
     * What DuckDB says of files that it cannot use, tried with garbage, empty, cut and overwritten files. Failures to
     * reach a file (rights, descriptors, memory) say other things, and so do files of a newer DuckDB, which are whole.
     */
    private static final String[] WORDS = {
        "not a valid DuckDB database file",
        "Could not read enough bytes",
        "Data Corruption Error",
        "Corrupt database file",
        "Corrupt WAL file",
        "Serialization Error",
        // A database of something else: the tables have other columns.
        "Binder Error",
        "Catalog Error",
    };

    BrokenDayException(String message, Throwable cause) {
        super(message, cause);
    }

    /** Whether a failure to open or read a day is due to what its file holds. */
    static boolean isCause(Exception failure) {
        if (failure instanceof RuntimeException) {
            // Rows that contradict each other, such as a shape without sample types.
            return true;
        }
        String message = String.valueOf(failure.getMessage());
        for (String words : WORDS) {
            if (message.contains(words)) {
                return true;
            }
        }
        return false;
    }
}
