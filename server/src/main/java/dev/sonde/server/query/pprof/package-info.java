/** Merged stacks as a pprof profile. */
package dev.sonde.server.query.pprof;
