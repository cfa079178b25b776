package dev.sonde.symbolizer.symbols;

import java.io.IOException;

/** Takes the symbols of a table that may name code. */
interface SymbolSink {

    /**
     * One symbol.
     *
     * @param sizeBytes unsigned; 0 where the table states none
     * @param nameOffset in the string table, unsigned
     * @param roomBytes how far the code reaches at most: the rest of the section from the address, unsigned
     * @param rank see {@link SymbolRank}
     */
    void add(long address, int sizeBytes, int nameOffset, int roomBytes, byte rank) throws IOException;
}
