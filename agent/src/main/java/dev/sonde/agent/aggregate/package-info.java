/**
 * From single samples to one profile per series and window: wall-clock windows, tables of stacks that count without
 * allocating, and the pprof that comes out of them.
 */
package dev.sonde.agent.aggregate;
