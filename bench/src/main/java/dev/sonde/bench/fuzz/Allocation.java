package dev.sonde.bench.fuzz;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.function.Supplier;

/** Has hostile input read in bounded memory. */
final class Allocation {

    /** Tables and windows of files of at most some MiB; a count that is believed would be far above. */
    private static final long MOST_BYTES = 64L << 20;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private Allocation() {}

    /** What the reader makes of the input; fails with an AssertionError where it takes too much memory. */
    static <T> T bounded(Supplier<T> reader, int inputBytes) {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        T read = reader.get();
        long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
        if (allocated > MOST_BYTES) {
            // The first time the classes are loaded, and instrumented, by this very thread.
            before = THREADS.getCurrentThreadAllocatedBytes();
            read = reader.get();
            allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
        }
        check(allocated <= MOST_BYTES, "allocated " + allocated + " bytes for " + inputBytes);
        return read;
    }

    static void check(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }
}
