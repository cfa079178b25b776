package dev.sonde.bench.harness;

import java.io.IOException;
import java.util.List;

/** Something that can be measured. */
public interface Benchmark {

    /** Measures and returns the table's lines. Everything it starts has ended when it returns. */
    List<Figure> run(BenchContext context) throws IOException, InterruptedException;
}
