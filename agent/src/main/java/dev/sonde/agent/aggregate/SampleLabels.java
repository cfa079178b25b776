package dev.sonde.agent.aggregate;

/**
 * What tells samples of one stack and series apart.
 *
 * @param thread the thread's name
 * @param role the thread's role
 * @param vmState {@code safepoint} where the thread's JVM was at one; else empty
 * @param pid the process, 0 where samples are not told apart by it
 * @param tid the thread, 0 where samples are not told apart by it
 */
public record SampleLabels(String thread, String role, String vmState, int pid, int tid) {}
