package dev.sonde.server.query;

/** A question that has no answer: the asker's mistake, in words with what was expected. */
public final class QueryException extends Exception {
    public QueryException(String message) {
        super(message);
    }
}
