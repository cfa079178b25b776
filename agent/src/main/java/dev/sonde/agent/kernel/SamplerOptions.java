package dev.sonde.agent.kernel;

/**
 * What to sample, and how often.
 *
 * @param hertz samples a second on each busy CPU, 1 to 1000
 * @param ringBufferBytes size of the ring buffer, a power of two from 4 KiB to 64 MiB
 * @param targetsOnly samples only the processes given to {@link Sampler#addTarget} and {@link
 *     Sampler#addTargetChildren}, and their children from birth; otherwise all
 * @param stackCopies stacks that are copied because a table is missing
 */
public record SamplerOptions(int hertz, int ringBufferBytes, boolean targetsOnly, StackCopies stackCopies) {
    /**
     * How many stacks are copied for user space to unwind.
     *
     * @param perSecond copies a second on each CPU; 0 for none
     * @param ringBufferBytes size of their ring buffer, a power of two from 4 KiB to 64 MiB
     */
    public record StackCopies(int perSecond, int ringBufferBytes) {
        /**
         * For an agent that always runs. A copy takes some microseconds, so this many less than a thousandth of a CPU; the
         * buffer has 16 of the largest copies, several times what comes between two polls on most machines.
         */
        public static final StackCopies AGENT = new StackCopies(50, 512 << 10);

        /** For a recording: every stack at up to 1000 Hz, for a tenth of a second of 4 CPUs. */
        public static final StackCopies RECORDING = new StackCopies(1000, 16 << 20);

        public StackCopies {
            if (perSecond < 0) {
                throw new IllegalArgumentException("stack copies a second: " + perSecond + " (expected: 0 or more)");
            }
            requireRingBufferBytes(ringBufferBytes);
        }
    }

    /** Of an agent that always runs. */
    public static final int DEFAULT_HERTZ = 19;

    /** A sample of 30 frames has 480 bytes: 8 seconds of 64 busy CPUs at 19 Hz between two polls. */
    public static final int DEFAULT_RING_BUFFER_BYTES = 512 << 10;

    private static final int MAX_HERTZ = 1000;
    /** A page, the smallest that the kernel makes. */
    public static final int MIN_RING_BUFFER_BYTES = 4 << 10;

    /** The ring buffer counts in memory that cannot be swapped. */
    public static final int MAX_RING_BUFFER_BYTES = 64 << 20;

    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    public SamplerOptions {
        if (hertz < 1 || hertz > MAX_HERTZ) {
            throw new IllegalArgumentException("hz: " + hertz + " (expected: 1 to " + MAX_HERTZ + ")");
        }
        requireRingBufferBytes(ringBufferBytes);
    }

    /** Copies stacks as an agent does. */
    public SamplerOptions(int hertz, int ringBufferBytes, boolean targetsOnly) {
        this(hertz, ringBufferBytes, targetsOnly, StackCopies.AGENT);
    }

    private static void requireRingBufferBytes(int bytes) {
        if (bytes < MIN_RING_BUFFER_BYTES || bytes > MAX_RING_BUFFER_BYTES || Integer.bitCount(bytes) != 1) {
            throw new IllegalArgumentException("ring buffer bytes: " + bytes + " (expected: a power of two from "
                    + MIN_RING_BUFFER_BYTES + " to " + MAX_RING_BUFFER_BYTES + ")");
        }
    }

    /** Samples every process of the machine. */
    public static SamplerOptions wholeMachine(int hertz) {
        return new SamplerOptions(hertz, DEFAULT_RING_BUFFER_BYTES, false);
    }

    /** Samples the targets that will be added, and their children. */
    public static SamplerOptions targets(int hertz) {
        return new SamplerOptions(hertz, DEFAULT_RING_BUFFER_BYTES, true);
    }

    /** Nanoseconds between two ticks of a CPU. */
    public long periodNanos() {
        return NANOS_PER_SECOND / hertz;
    }
}
