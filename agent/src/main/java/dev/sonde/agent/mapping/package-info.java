/**
 * What an address of a process means: the executable ranges of {@code /proc/PID/maps}, the files behind them, and the
 * way from an address to (build id, load segment, ELF virtual address) or to the name of JIT code.
 */
package dev.sonde.agent.mapping;
