package dev.sonde.agent.jvm.names;

import dev.sonde.agent.aggregate.CodeLocation;

/** What is kept of a Method: its names, and enough to see that it is still the same. */
final class MethodEntry {

    final CodeLocation.Function names;
    /** Hash over the pointers and names that make the method. */
    final long stamp;
    /** Its bytecodes. */
    final long code;

    final int codeBytes;
    /** What may be taken by line numbers, behind the bytecodes; 0 where it has none. */
    final int lineBytes;

    final boolean isNative;
    /** Whether all was told; else it is read again when it is asked for in another round. */
    final boolean complete;
    /** The round in which the stamp was compared last. */
    int round;
    /** The round in which it was read. */
    int asking;

    MethodEntry(
            CodeLocation.Function names,
            long stamp,
            long code,
            int codeBytes,
            int lineBytes,
            boolean isNative,
            boolean complete,
            int round) {
        this.names = names;
        this.stamp = stamp;
        this.code = code;
        this.codeBytes = codeBytes;
        this.lineBytes = lineBytes;
        this.isNative = isNative;
        this.complete = complete;
        this.round = round;
    }

    /** Where its line numbers may begin. */
    long lines() {
        return code + codeBytes;
    }
}
