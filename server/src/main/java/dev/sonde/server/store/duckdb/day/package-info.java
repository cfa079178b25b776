/**
 * One UTC day in a database file of its own: its tables, the mirror of its dictionaries, and the questions that one day
 * can answer. What several days answer together is put together outside.
 */
package dev.sonde.server.store.duckdb.day;
