/** Checks profiles as they come from clients, and hands them to the store: all of a request, or nothing. */
package dev.sonde.server.ingest;
