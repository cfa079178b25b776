package dev.sonde.symbolizer.cfi;

import java.io.IOException;

/** Functions with their rows, by ascending address. */
public interface FunctionSource {

    /** Where {@link #start()} stands behind the last function. */
    long END = Long.MAX_VALUE;

    /** How many functions there are, about. */
    long size();

    /** The current function's first ELF virtual address, {@link #END} behind the last. */
    long start();

    /**
     * Writes the current function and moves on to the next.
     *
     * @param limit an address that its rows must not reach, later than its start: the next function's
     */
    void write(long limit, RowWriter rows) throws IOException;
}
