package dev.sonde.pprof;

import dev.sonde.pprof.PprofException.Reason;

/**
 * The memory that one profile's columns may take. Packed numbers are a byte each in the file and eight and more in a
 * column, so that a bound of the file's size alone would let a small file take gigabytes.
 */
final class ReadBudget {

    private final long totalBytes;
    private long leftBytes;

    ReadBudget(long totalBytes) {
        this.totalBytes = totalBytes;
        this.leftBytes = totalBytes;
    }

    /** Takes bytes out of the budget before they are allocated. */
    void charge(long bytes) throws PprofException {
        leftBytes -= bytes;
        if (leftBytes < 0) {
            throw new PprofException(
                    Reason.TOO_LARGE, "profile: more than " + totalBytes + " bytes in memory (expected: at most that)");
        }
    }
}
