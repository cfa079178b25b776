package dev.sonde.bench.jvmsteps;

/**
 * What the unwinder says at one instruction.
 *
 * @param pc where the code stands
 * @param caller what it says is returned to; 0 where it names no caller
 * @param outcome the word of how its walk ended
 * @param place what code it is, in words
 * @param bytes of the code there
 */
record StepClaim(long pc, long caller, String outcome, String place, String bytes) {}
