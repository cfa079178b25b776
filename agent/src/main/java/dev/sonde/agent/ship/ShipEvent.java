package dev.sonde.agent.ship;

import java.util.Locale;

/** What is counted about delivery. */
public enum ShipEvent {
    /** A profile was acknowledged by the server. */
    PROFILE_SHIPPED,
    /** A batch was acknowledged in full and left the spool. */
    BATCH_SHIPPED,
    /** A request failed in a way that is tried again. */
    RETRY,
    /** A request was refused as a whole and is sent again profile by profile. */
    BATCH_SPLIT,
    /** A batch at which the server failed was put behind the others. */
    BATCH_DEFERRED,
    /** The agent itself failed at a batch, which was put behind the others. */
    ERROR,
    /** A batch found the disk unwritable and is kept in memory. */
    KEPT_IN_MEMORY;

    /** The event's word in {@code /metrics}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
