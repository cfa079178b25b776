package dev.sonde.agent.kernel;

import java.util.List;

/**
 * How long the clock events ran: what the number of samples is to be compared with. CPUs that were taken offline since
 * are included.
 *
 * @param enabledNanos sum over the CPUs since the sampler was opened
 * @param runningNanos sum over the CPUs of the time in which the event could tick
 * @param cpus the parts, by CPU
 */
public record EventTimes(long enabledNanos, long runningNanos, List<CpuTime> cpus) {
    public EventTimes {
        cpus = List.copyOf(cpus);
    }

    /** One CPU's part. */
    public record CpuTime(int cpu, long enabledNanos, long runningNanos) {}

    static EventTimes of(List<CpuTime> cpus) {
        long enabled = 0;
        long running = 0;
        for (CpuTime cpu : cpus) {
            enabled += cpu.enabledNanos;
            running += cpu.runningNanos;
        }
        return new EventTimes(enabled, running, cpus);
    }
}
