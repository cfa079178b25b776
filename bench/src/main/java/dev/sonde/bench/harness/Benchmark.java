package dev.sonde.bench.harness;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** Something that can be measured. */
public interface Benchmark {

    /** How long it measures unless it is told. */
    default Duration usualDuration() {
        return Duration.ofSeconds(60);
    }

    /** Whether parts of it can be measured alone ({@link BenchContext#selects}). */
    default boolean hasParts() {
        return false;
    }

    /** Measures and returns the table's lines. Everything it starts has ended when it returns. */
    List<Figure> run(BenchContext context) throws IOException, InterruptedException;
}
