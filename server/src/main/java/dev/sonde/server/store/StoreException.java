package dev.sonde.server.store;

import java.util.Objects;

/** The store could not read or write. */
public final class StoreException extends Exception {

    private final Reason reason;

    /** Why the store could not do it. */
    public enum Reason {
        /** Reading or writing failed; trying again later may help. */
        IO("io"),
        /** A bound of the store is reached; only less or other data gets through. */
        FULL("full"),
        /** More is waiting to be written than the store takes; trying again soon helps. */
        BUSY("busy"),
        /** Nobody waits for the answer any more. */
        CANCELLED("cancelled"),
        /** The store was closed. */
        CLOSED("closed"),
        /** The data folder cannot be used as it is. */
        FOLDER("folder");

        private final String word;

        Reason(String word) {
            this.word = word;
        }

        /** The reason as metrics name it. */
        public String word() {
            return word;
        }
    }

    public StoreException(Reason reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = Objects.requireNonNull(reason, "reason");
    }

    public StoreException(Reason reason, String message) {
        this(reason, message, null);
    }

    public StoreException(String message, Throwable cause) {
        this(Reason.IO, message, cause);
    }

    public StoreException(String message) {
        this(Reason.IO, message, null);
    }

    /** Why the store could not do it. */
    public Reason reason() {
        return reason;
    }
}
