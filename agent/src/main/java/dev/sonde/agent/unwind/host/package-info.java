/**
 * The unwinder outside of the kernel: the sampling program's own rules, from the same C source, over copied registers and
 * memory. It finishes stacks that were copied because a table was missing, and lets tests judge the rules.
 */
package dev.sonde.agent.unwind.host;
