package dev.sonde.server.store.duckdb;

import dev.sonde.server.store.dictionary.DictionaryLimits;

/**
 * What the store may use.
 *
 * @param memoryBytesPerDay DuckDB's memory for each open day; queries that need more spill to disk
 * @param threads DuckDB's threads for each open day
 * @param maxOpenDays days whose files and dictionaries are kept open; others are closed and opened again when asked for.
 *     Those written to are always among them, and one other at least
 * @param maxSummaryBytes what is remembered of days that are not open
 * @param maxWaitingAppends appends that may wait for the writer before further ones are refused as busy
 * @param limits what the dictionaries of one day may hold
 */
public record StoreSettings(
        long memoryBytesPerDay,
        int threads,
        int maxOpenDays,
        long maxSummaryBytes,
        int maxWaitingAppends,
        DictionaryLimits limits) {

    /** A list of the label sets of 2,000 series takes about 2 MB. */
    private static final int SUMMARY_HEAP_SHARE = 32;

    /** 256 MiB and 2 threads a day, 4 open days, 256 appends waiting, a thirty-second of the heap. */
    public static StoreSettings defaults() {
        return new StoreSettings(
                256L << 20,
                2,
                4,
                Runtime.getRuntime().maxMemory() / SUMMARY_HEAP_SHARE,
                256,
                DictionaryLimits.defaults());
    }
}
