package dev.sonde.server.store.duckdb;

import dev.sonde.server.store.dictionary.DictionaryLimits;
import dev.sonde.server.store.duckdb.day.DaySettings;

/**
 * What the store may use.
 *
 * @param day what each open day may use
 * @param maxOpenDays days whose files and dictionaries are kept open; others are closed and opened again when asked for.
 *     Those written to are always among them, and one other at least
 * @param maxSummaryBytes what is remembered of days that are not open
 * @param maxWaitingAppends appends that may wait for the writer before further ones are refused as busy
 */
public record StoreSettings(DaySettings day, int maxOpenDays, long maxSummaryBytes, int maxWaitingAppends) {

    /** A list of the label sets of 2,000 series takes about 2 MB. */
    private static final int SUMMARY_HEAP_SHARE = 32;

    /** 256 MiB and 2 threads a day, 4 open days, a thirty-second of the heap, 256 appends waiting. */
    public static StoreSettings defaults() {
        return new StoreSettings(
                new DaySettings(256L << 20, 2, DictionaryLimits.defaults()),
                4,
                Runtime.getRuntime().maxMemory() / SUMMARY_HEAP_SHARE,
                256);
    }
}
