package dev.sonde.agent.jvm.layout;

/**
 * A symbol of libjvm, code or data, where it lies in the process.
 *
 * @param name as linked; C++ names are mangled
 * @param address in the process's memory
 * @param sizeBytes st_size; 0 where the table states none
 */
public record JvmSymbol(String name, long address, long sizeBytes) {}
