package dev.sonde.server.ingest;

/** A request that is refused for what it holds: sending it again is of no use. The message says which part and why. */
public final class IngestException extends Exception {

    /** Why: the words of {@code sonde_server_rejected_total}, beside those of the pprof reader. */
    public enum Reason {
        /** A label's name, value or number. */
        LABEL("label"),
        /** Starts too far in the future. */
        TIME_AHEAD("time_ahead"),
        /** Starts before the window in which late data is accepted. */
        TIME_LATE("time_late"),
        /** A duration that no profile has. */
        DURATION("duration"),
        /** A value below 0, or values whose sum is out of range. */
        VALUE("value"),
        /** A name of code or of a sample type that is too long. */
        NAME("name"),
        /** No type can be derived, or not a type's name. */
        TYPE("type"),
        /** More profiles, samples or bytes than one request may carry. */
        REQUEST_TOO_LARGE("request_too_large"),
        /** A request without a profile. */
        EMPTY("empty");

        private final String word;

        Reason(String word) {
            this.word = word;
        }

        /** The reason as metrics spell it. */
        public String word() {
            return word;
        }
    }

    private final String reason;

    IngestException(Reason reason, String message) {
        this(reason.word(), message, null);
    }

    IngestException(String reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    /** Why, as metrics spell it. */
    public String reason() {
        return reason;
    }

    /** The same, with the words before it that say which part of the request is meant. */
    IngestException in(String place) {
        return new IngestException(reason, place + ": " + getMessage(), this);
    }
}
