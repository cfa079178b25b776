package dev.sonde.symbolizer.cfi;

import java.io.IOException;

/** Where the blocks of a table go while it is being built, in their order. */
public interface BlockSink {

    /** Takes one block of {@link TableLayout#BLOCK_BYTES}; the array is used again afterwards. */
    void write(byte[] block) throws IOException;

    /** Forgets what was written: the table is built again from the start. */
    void restart() throws IOException;
}
