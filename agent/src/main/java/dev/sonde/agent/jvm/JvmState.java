package dev.sonde.agent.jvm;

import java.util.Locale;

/** How far a JVM is known. */
public enum JvmState {
    /** It has just been met, or has not come far enough to be read. */
    STARTING,
    /** It is read: its frames are unwound and named. */
    KNOWN,
    /** Its layout does not fit, or it may not be read: only what is native in it is unwound and named. */
    UNSUPPORTED,
    /** Another virtual machine than HotSpot: native frames only. */
    FOREIGN,
    /** It has ended, or its process runs another program. */
    ENDED;

    /** The word in {@code /metrics}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
