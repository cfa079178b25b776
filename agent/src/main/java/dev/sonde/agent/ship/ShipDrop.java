package dev.sonde.agent.ship;

import java.util.Locale;

/** Why a profile or a batch will never arrive. */
public enum ShipDrop {
    /** The server refused this one profile as invalid. */
    REFUSED,
    /** The server failed at this profile for as long as it takes profiles of the past. */
    SERVER_ERROR,
    /** The profile alone is larger than a request may be, here or at the server. */
    TOO_LARGE,
    /** The spool was full: the oldest batch went. */
    SPOOL_FULL,
    /** A batch in the spool was damaged: put aside. */
    SPOOL_CORRUPT,
    /** The disk was unwritable and memory for batches used up. */
    SPOOL_UNWRITABLE;

    /** The reason's word in {@code /metrics}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
