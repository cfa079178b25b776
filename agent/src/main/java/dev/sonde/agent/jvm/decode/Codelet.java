package dev.sonde.agent.jvm.decode;

/**
 * A piece of the interpreter: the code of a bytecode, of a kind of method entry, of what methods return to
 * (InterpreterCodelet, interpreter/interpreter.hpp).
 *
 * @param name its description: {@code method entry point (kind = zerolocals)}, {@code invokevirtual}
 * @param start its first instruction
 * @param end behind its last
 */
public record Codelet(String name, long start, long end) {}
