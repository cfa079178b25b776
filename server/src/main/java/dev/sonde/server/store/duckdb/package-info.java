/**
 * Profiles in DuckDB: one database file for each UTC day, with its own dictionaries of locations, stacks, label sets and
 * series, and one row of lists for each profile. A day is dropped by deleting its file.
 */
package dev.sonde.server.store.duckdb;
