package dev.sonde.bench.steps;

/**
 * Which instructions of a program are judged. All are stepped, for the shadow stack is to be whole.
 *
 * @param fromEntry from the program's entry point on; else from the dynamic linker's first instruction
 * @param skip instructions passed over first
 * @param window then judged, and so on
 * @param pause then passed over
 * @param steps to judge in all; fewer where the program ends before
 * @param signals a signal is sent every so many instructions; 0 for none
 */
public record StepPlan(boolean fromEntry, long skip, long window, long pause, long steps, long signals) {}
