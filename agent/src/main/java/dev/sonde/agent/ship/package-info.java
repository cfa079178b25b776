/**
 * From profiles to the server: batches, a spool on disk that outlives both ends, delivery with retries, and the symbols
 * of the files that profiles name.
 */
package dev.sonde.agent.ship;
