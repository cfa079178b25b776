/**
 * ELF64 files for x86-64, read defensively: segments, sections, notes, build ids.
 *
 * <p>Files are read by {@code pread} into small windows and never mapped: a mapped file that another process truncates
 * raises SIGBUS, and the JVM's answer to it may come late and in the wrong place. Layouts are those of elf(5) and the
 * System V gABI, chapter 4.
 */
package dev.sonde.symbolizer.elf;
