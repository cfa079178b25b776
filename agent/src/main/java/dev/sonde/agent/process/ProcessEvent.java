package dev.sonde.agent.process;

import java.util.Locale;

/** What is counted about processes. */
public enum ProcessEvent {
    /** A process was read from {@code /proc}. */
    READ,
    /** A sampled process was gone, or its pid another's, before it was read: its samples have the sampled name alone. */
    GONE,
    /** A known process ended; what was read of it goes on being used. */
    ENDED,
    /** A known process runs another program now and was read again. */
    EXECUTED,
    /** A known process calls itself something else now and was read again. */
    RENAMED,
    /** A pid belongs to another process than the one known. */
    PID_REUSED,
    /** A process was dropped to hold the table's bound. */
    EVICTED,
    /** A process is left out by the include and exclude rules. */
    EXCLUDED,
    /** An environment was longer than is read. */
    ENVIRONMENT_CUT,
    /** A command line was longer than is read. */
    COMMAND_LINE_CUT;

    /** The event's word in {@code /metrics}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
