/** Puts the server together, starts and stops it. The only place that knows every part. */
package dev.sonde.server.wiring;
