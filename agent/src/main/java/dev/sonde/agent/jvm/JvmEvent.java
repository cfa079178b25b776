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
    /** What a JVM's memory said could not be, or was more than can be; it is looked at again. */
    CONTRADICTED,
    /** A sample's virtual thread was called by the pattern of its name, or its carrier's: its JVM has too many names. */
    VIRTUAL_NAMES_FULL,
    /** Reading a JVM failed by an error in the agent itself. */
    FAILED;

    /** The event's word in {@code /metrics}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
