package dev.sonde.bench.steps;

import java.util.List;

/**
 * A program to step.
 *
 * @param name what it stands for
 * @param command the path of its executable, then its arguments
 */
public record SteppedProgram(String name, List<String> command) {}
