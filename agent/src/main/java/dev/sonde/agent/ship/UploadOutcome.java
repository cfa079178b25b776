package dev.sonde.agent.ship;

import java.util.Locale;

/** What became of one attempt to hand the symbols of a file to the server. */
public enum UploadOutcome {
    /** The server has them now. */
    UPLOADED,
    /** The server has them, or wants none. */
    NOT_WANTED,
    /** The server said that it will never take them. */
    REFUSED,
    /** The server is not ready for them: asked again in some minutes. */
    POSTPONED,
    /** The server was away or failed: tried again soon. */
    FAILED,
    /** The file could not be read any more: tried again when it is seen again. */
    FILE_GONE,
    /** The file's symbols are damaged or of another machine. */
    UNREADABLE,
    /** The file has more symbols than the agent's heap bears. */
    TOO_LARGE,
    /** The agent itself failed at it: tried again after a while. */
    ERROR,
    /** More files waited than are kept: tried again when it is seen again. */
    QUEUE_FULL;

    /** The outcome's word in {@code /metrics}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
