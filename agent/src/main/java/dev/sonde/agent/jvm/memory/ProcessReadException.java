package dev.sonde.agent.jvm.memory;

import java.io.IOException;

/** What was asked of a process's memory is not there, or cannot be what it should be. */
public final class ProcessReadException extends IOException {

    private static final long serialVersionUID = 1L;

    /** Why, in classes that a counter can have as labels. */
    public enum Reason {
        /** The process has ended, or runs another program now. */
        GONE,
        /** This agent may not read it (ptrace(2), "Ptrace access mode checking"). */
        DENIED,
        /** Nothing readable is mapped there. */
        UNMAPPED,
        /** The memory was read, but what stands there contradicts the format. */
        IMPLAUSIBLE
    }

    private final Reason reason;

    private ProcessReadException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    /** The class of the failure. */
    public Reason reason() {
        return reason;
    }

    /** A value that the format does not allow. */
    public static ProcessReadException implausible(String field, long value, String expected) {
        return new ProcessReadException(
                Reason.IMPLAUSIBLE,
                field + ": " + value + " = 0x" + Long.toHexString(value) + " (expected: " + expected + ")");
    }

    static ProcessReadException failed(Reason reason, int pid, long address, long bytes, String cause) {
        return new ProcessReadException(
                reason, "process " + pid + ": " + bytes + " bytes at 0x" + Long.toHexString(address) + ": " + cause);
    }
}
