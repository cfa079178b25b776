package dev.sonde.pprof;

/** A profile that is not what the format says. The message names the field, the value and what was expected. */
public final class PprofException extends Exception {

    /** Why a profile was refused: the words of the metrics. */
    public enum Reason {
        /** Not gzip, not protobuf, or it ends in the middle. */
        MALFORMED("malformed"),
        /** More bytes, samples, locations, labels or depth than allowed. */
        TOO_LARGE("too_large"),
        /** An id or a string index that points at nothing. */
        BAD_REFERENCE("bad_reference"),
        /** A value that the format does not allow. */
        BAD_VALUE("bad_value");

        private final String word;

        Reason(String word) {
            this.word = word;
        }

        /** The reason as metrics spell it. */
        public String word() {
            return word;
        }
    }

    private final Reason reason;

    public PprofException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    public PprofException(Reason reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    /** Why the profile was refused. */
    public Reason reason() {
        return reason;
    }
}
