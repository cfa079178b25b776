package dev.sonde.agent.wiring;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Gives back what bursts of work left in the heap. Reading a JVM or a large symbol table leaves megabytes that outlive
 * the small young generation; the collector would come when the heap has grown to its bound, and an agent that once read
 * some JVMs would stay as large as that. A collection of what an agent keeps takes some 50 ms, in which samples wait in
 * the ring buffer. One thread.
 */
final class HeapGrowth {

    /** Ten JVMs leave as much; less is not worth a collection at once. */
    static final long WORTH_BYTES = 8L << 20;

    /** What is worth one when there was none for long. */
    static final long LATE_WORTH_BYTES = 4L << 20;

    /** 50 ms in so long are half a percent of a core. */
    static final long INTERVAL_NANOS = Duration.ofSeconds(10).toNanos();

    static final long LATE_NANOS = Duration.ofMinutes(1).toNanos();

    private final LongSupplier heapBytes;
    private final Runnable collect;
    private long smallestBytes;
    private long dueNanos;
    private long collectedNanos;

    /**
     * @param heapBytes what the heap takes of the machine's memory
     * @param collect gives back what is not used
     */
    HeapGrowth(LongSupplier heapBytes, Runnable collect, long nowNanos) {
        this.heapBytes = heapBytes;
        this.collect = collect;
        this.smallestBytes = heapBytes.getAsLong();
        this.dueNanos = nowNanos + INTERVAL_NANOS;
        this.collectedNanos = nowNanos;
    }

    /** Of this JVM. */
    static HeapGrowth ofThisJvm(long nowNanos) {
        return new HeapGrowth(() -> Runtime.getRuntime().totalMemory(), System::gc, nowNanos);
    }

    /** Looks at the heap, when that is due. */
    void look(long nowNanos) {
        if (nowNanos - dueNanos < 0) {
            return;
        }
        dueNanos = nowNanos + INTERVAL_NANOS;
        boolean late = nowNanos - collectedNanos >= LATE_NANOS;
        if (heapBytes.getAsLong() - smallestBytes < (late ? LATE_WORTH_BYTES : WORTH_BYTES)) {
            smallestBytes = Math.min(smallestBytes, heapBytes.getAsLong());
            return;
        }
        collect.run();
        collectedNanos = nowNanos;
        smallestBytes = heapBytes.getAsLong();
    }
}
