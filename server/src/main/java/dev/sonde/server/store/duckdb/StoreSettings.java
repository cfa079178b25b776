package dev.sonde.server.store.duckdb;

/**
 * What the store may use.
 *
 * @param memoryBytesPerDay DuckDB's memory for each open day; queries that need more spill to disk
 * @param threads DuckDB's threads for each open day
 * @param maxOpenDays days whose files and dictionaries are kept open; others are closed and opened again when asked for
 * @param maxWaitingAppends appends that may wait for the writer before further ones are refused as busy
 * @param limits what the dictionaries of one day may hold
 */
public record StoreSettings(
        long memoryBytesPerDay, int threads, int maxOpenDays, int maxWaitingAppends, DictionaryLimits limits) {

    /**
     * What the dictionaries of one day may hold. They are mirrored in memory; at these bounds a day takes about 600 MB.
     * An append that needs more is refused.
     *
     * @param stackNodes nodes of the stack tree (16 bytes each)
     * @param locations locations, functions, mappings: each at most this many (about 100 bytes each)
     * @param labelSets sets of sample labels
     * @param series series
     * @param profiles profiles (16 bytes each); 4 M are 485 series that send every 10 s
     */
    public record DictionaryLimits(int stackNodes, int locations, int labelSets, int series, int profiles) {}

    /** 256 MiB and 2 threads a day, 4 open days; 8 M stack nodes (3.6 times the 300,000 stacks of a large site). */
    public static StoreSettings defaults() {
        return new StoreSettings(
                256L << 20, 2, 4, 256, new DictionaryLimits(8 << 20, 2 << 20, 1 << 18, 1 << 17, 4 << 20));
    }
}
