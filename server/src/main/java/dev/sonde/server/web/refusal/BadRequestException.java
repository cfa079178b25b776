package dev.sonde.server.web.refusal;

/** A request that cannot be answered as it is. */
public final class BadRequestException extends Exception {

    /** Which kind: decides status and counter. */
    public enum Reason {
        /** A parameter that is unknown, missing, given twice or out of range. */
        PARAMETER("parameter", 400),
        /** A body in an encoding that is not read. */
        ENCODING("encoding", 415),
        /** A Host that this server does not have. */
        HOST("host", 403),
        /** A page of somebody else that wants to write. */
        ORIGIN("origin", 403);

        private final String word;
        private final int status;

        Reason(String word, int status) {
            this.word = word;
            this.status = status;
        }

        String word() {
            return word;
        }

        int status() {
            return status;
        }
    }

    private final Reason reason;

    public BadRequestException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    Reason reason() {
        return reason;
    }
}
