package dev.sonde.server.ingest;

/** The server has too much to do: the same request may succeed later. */
public final class OverloadedException extends Exception {
    public OverloadedException(String message) {
        super(message);
    }
}
