package dev.sonde.agent.aggregate;

import java.util.Locale;

/** Why a sample that arrived is in no profile. */
public enum Drop {
    /** The window holds as many bytes as it may. */
    WINDOW_FULL,
    /** The sample's window was closed already. */
    WINDOW_CLOSED,
    /** Taking the sample in failed by an error in the agent itself. */
    INTERNAL;

    /** The reason's word in {@code /metrics}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
