package dev.sonde.agent.jvm;

import java.util.Locale;

/** What became of a frame in a JVM's code, for counters. */
public enum FrameResult {
    /** A Java method was named. */
    NAMED,
    /** A stub of the JVM was named. */
    STUB,
    /** What the sample saw was freed or replaced before it was named. */
    STALE,
    /** The process was gone, or may not be read, before it was named. */
    UNREADABLE;

    /** The word in {@code /metrics}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
