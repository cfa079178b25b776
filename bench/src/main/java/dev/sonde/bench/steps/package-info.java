/**
 * The unwinder judged instruction by instruction: a program is stepped under ptrace(2) by a tracer that keeps a shadow
 * stack of its calls, and after each instruction the host build of the unwinder must name the true callers.
 */
package dev.sonde.bench.steps;
