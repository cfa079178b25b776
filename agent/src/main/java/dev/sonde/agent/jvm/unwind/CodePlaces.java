package dev.sonde.agent.jvm.unwind;

/**
 * Places in a JVM's code that its tables do not tell of.
 *
 * @param interpreterLow the first byte of the interpreter's code
 * @param interpreterEnd behind its last
 * @param methodSlot where from rbp on an interpreter's frame has its Method, bytes
 * @param bcpSlot the same of its bytecode pointer
 * @param threadEntry JavaThread::_cont_entry where VMStructs does not tell it, or VmLayout.ABSENT
 */
public record CodePlaces(long interpreterLow, long interpreterEnd, int methodSlot, int bcpSlot, int threadEntry) {}
