/** Names of code that a process made itself, from the {@code perf-PID.map} files that language runtimes write. */
package dev.sonde.agent.jit;
