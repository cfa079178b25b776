package dev.sonde.agent.jvm.names;

/** What is kept of a Method: its names, and enough to see that it is still the same. */
final class MethodEntry {

    final JavaMethod names;
    /** Hash over the pointers and names that make the method. */
    final long stamp;
    /** Its bytecodes. */
    final long code;

    final int codeBytes;
    final boolean isNative;
    /** Where its line numbers may stand; equal where it has none. */
    final long lines;

    final long linesEnd;
    /** Whether all was told; else it is read again when it is asked for in another round. */
    final boolean complete;
    /** The round in which the stamp was compared last. */
    int round;
    /** The round in which it was read. */
    int asking;

    MethodEntry(
            JavaMethod names,
            long stamp,
            long code,
            int codeBytes,
            boolean isNative,
            long lines,
            long linesEnd,
            boolean complete,
            int round) {
        this.names = names;
        this.stamp = stamp;
        this.code = code;
        this.codeBytes = codeBytes;
        this.isNative = isNative;
        this.lines = lines;
        this.linesEnd = linesEnd;
        this.complete = complete;
        this.round = round;
    }
}
