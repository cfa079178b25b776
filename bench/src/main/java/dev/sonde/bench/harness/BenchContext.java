package dev.sonde.bench.harness;

import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * What a benchmark works with.
 *
 * @param root the repository's folder
 * @param scratch an empty folder, deleted afterwards
 * @param duration how long to measure
 * @param only what the names of the parts to be measured contain; empty for all
 * @param log where progress is told
 */
public record BenchContext(Path root, Path scratch, Duration duration, String only, PrintStream log) {

    /** Whether a part is to be measured ({@link Benchmark#hasParts}). */
    public boolean selects(String part) {
        return part.contains(only);
    }

    /** Tells what is known, for a whole benchmark may take long; returns it. */
    public List<Figure> tell(List<Figure> figures) {
        figures.forEach(figure -> log.println(figure.line(0)));
        return figures;
    }
}
