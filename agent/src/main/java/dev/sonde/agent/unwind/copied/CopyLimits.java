package dev.sonde.agent.unwind.copied;

import java.time.Duration;

/**
 * How many copied stacks wait, and for how long.
 *
 * @param stacks at a time
 * @param bytes of their memory
 * @param patience after which a stack is taken as far as the sampling program unwound it
 */
public record CopyLimits(int stacks, long bytes, Duration patience) {

    private static final long HEAP_BYTES = Runtime.getRuntime().maxMemory();

    /** For an agent, whose windows wait as long: the table of the largest libraries takes as much to make. */
    public static final CopyLimits AGENT = new CopyLimits(512, HEAP_BYTES / 32, Duration.ofSeconds(2));

    /** For a recording, which is written when all stacks are there. */
    public static final CopyLimits RECORDING = new CopyLimits(16384, HEAP_BYTES / 8, Duration.ofSeconds(10));
}
