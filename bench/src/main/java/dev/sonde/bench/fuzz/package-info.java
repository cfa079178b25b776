/**
 * Hostile input in the long form: the host build of the unwinder under the compiler's sanitizers, and the readers of ELF
 * files, frame sections and Go's tables under Jazzer. The tests of these have short forms.
 */
package dev.sonde.bench.fuzz;
