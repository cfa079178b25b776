/**
 * Answers: flame graphs, tables, lines over time and pprof, made from what {@link dev.sonde.server.store.ProfileStore}
 * merges and {@link dev.sonde.server.query.FrameNamer} names, and written as the API has them.
 */
package dev.sonde.server.query;
