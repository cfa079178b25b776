package dev.sonde.server.symbols;

/** A debuginfo request that is refused. The message says which value and what was expected. */
public final class SymbolException extends Exception {

    /** What the client may do about it: decides the status. */
    public enum Kind {
        /** Nothing: the same request fails again. */
        INVALID,
        /** Nothing now: the server does not want it. */
        NOT_WANTED,
        /** Try again later. */
        BUSY,
        /** Begin the upload again. */
        UNKNOWN_UPLOAD,
        /** The server's disk failed; try again later. */
        STORAGE
    }

    private final Kind kind;
    private final String reason;

    /**
     * A refusal.
     *
     * @param reason the word of {@code sonde_server_rejected_total}
     */
    SymbolException(Kind kind, String reason, String message) {
        this(kind, reason, message, null);
    }

    SymbolException(Kind kind, String reason, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
        this.reason = reason;
    }

    /** What the client may do about it. */
    public Kind kind() {
        return kind;
    }

    /** Why, as metrics spell it. */
    public String reason() {
        return reason;
    }
}
