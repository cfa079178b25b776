package dev.sonde.agent.aggregate;

/**
 * How much one window holds; what is beyond is dropped and counted.
 *
 * @param maxStacks distinct (process, thread, addresses); at 99 Hz and 10 s a CPU has at most 990
 * @param maxFrames addresses of these stacks, 8 bytes each in two tables
 */
public record WindowLimits(int maxStacks, int maxFrames) {

    /** For an agent: 16 MB at most, 32 CPUs at 99 Hz with not one stack twice, 30 frames each. */
    public static final WindowLimits AGENT = new WindowLimits(1 << 15, 1 << 20);

    /** For a recording of any length: 160 MB at most. */
    public static final WindowLimits RECORDING = new WindowLimits(1 << 18, 10 << 20);

    public WindowLimits {
        if (maxStacks < 1 || maxFrames < 1) {
            throw new IllegalArgumentException(
                    "window: " + maxStacks + " stacks, " + maxFrames + " frames (expected: at least 1)");
        }
    }
}
