package dev.sonde.server.store.duckdb;

import dev.sonde.server.store.dictionary.DictionaryLimits;

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

    /** 256 MiB and 2 threads a day, 4 open days, 256 appends waiting. */
    public static StoreSettings defaults() {
        return new StoreSettings(256L << 20, 2, 4, 256, DictionaryLimits.defaults());
    }
}
