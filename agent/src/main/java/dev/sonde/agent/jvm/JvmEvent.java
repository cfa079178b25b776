package dev.sonde.agent.jvm;

import java.util.Locale;

/** What is counted about JVMs. */
public enum JvmEvent {
    /** A process was found to run a JVM. */
    FOUND,
    /** A JVM was read, and what unwinding needs was put into the kernel. */
    ATTACHED,
    /** The same, again: it has new stubs, or has settled what it had not. */
    REFRESHED,
    /** A JVM's layout does not fit. */
    UNSUPPORTED,
    /** A JVM is not HotSpot's. */
    FOREIGN,
    /** A JVM ended, or its process runs another program. */
    ENDED,
    /** A JVM was left alone, because as many are known as may be. */
    TOO_MANY,
    /** A process was not looked at yet, because too many wait; it is at its next sample. */
    QUEUE_FULL,
    /** Reading a JVM failed by an error in the agent itself. */
    FAILED;

    /** The event's word in {@code /metrics}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
