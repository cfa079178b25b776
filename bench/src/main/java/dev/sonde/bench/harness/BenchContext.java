package dev.sonde.bench.harness;

import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;

/**
 * What a benchmark works with.
 *
 * @param root the repository's folder
 * @param scratch an empty folder, deleted afterwards
 * @param duration how long to measure
 * @param log where progress is told
 */
public record BenchContext(Path root, Path scratch, Duration duration, PrintStream log) {}
