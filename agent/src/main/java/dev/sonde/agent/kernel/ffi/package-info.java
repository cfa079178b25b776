/**
 * libbpf and the system calls, through the Foreign Function and Memory API: a plain interface per library and behind it
 * the implementation that binds it. Every call returns its result or, when it fails, the negated errno, as the system
 * calls themselves do; nothing is kept between calls.
 */
package dev.sonde.agent.kernel.ffi;
