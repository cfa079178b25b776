package dev.sonde.server.store.duckdb.day;

import dev.sonde.server.store.dictionary.DictionaryLimits;

/**
 * What one open day may use.
 *
 * @param memoryBytes DuckDB's memory; queries that need more spill to disk
 * @param threads DuckDB's threads
 * @param limits what its dictionaries may hold
 */
public record DaySettings(long memoryBytes, int threads, DictionaryLimits limits) {}
