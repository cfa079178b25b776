package dev.sonde.agent.jvm.names;

/**
 * A place in a method.
 *
 * @param method the method
 * @param line in its source file; 0 where the class has no line numbers, or the place none
 */
public record JavaLine(JavaMethod method, int line) {}
