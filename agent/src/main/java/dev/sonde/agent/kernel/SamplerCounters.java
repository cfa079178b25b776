package dev.sonde.agent.kernel;

import java.util.Map;

/**
 * What became of the clock's ticks since the sampler was opened ({@code enum sonde_counter} in event.h). The ticks of
 * all CPUs are {@code running time x hertz = samples + filtered + lost}, but for those that found their CPU idle.
 *
 * @param ticks ticks that reached the sampler; idle CPUs have none
 * @param ticksLate ticks that the timer left out because an earlier one came a period or more too late
 * @param ticksFiltered ticks in processes that are no target
 * @param samples samples written to the ring buffer
 * @param lostRingFull samples lost because the ring buffer was full
 * @param lostInternal samples lost by an error of the sampler; stays zero
 * @param registersUnreadable samples without user registers, because reading them failed
 * @param targetsFull children of targets that are not sampled, because there are too many
 * @param latenessUnreadable ticks of which it is unknown whether they were late
 * @param malformed records of the ring buffer that are shorter than they say; stays zero
 */
public record SamplerCounters(
        long ticks,
        long ticksLate,
        long ticksFiltered,
        long samples,
        long lostRingFull,
        long lostInternal,
        long registersUnreadable,
        long targetsFull,
        long latenessUnreadable,
        long malformed) {

    /** The samples that should be there and are not, by reason: the words of {@code sonde_agent_samples_lost_total}. */
    public Map<String, Long> lost() {
        return Map.of(
                "ring-full", lostRingFull, "late-tick", ticksLate, "internal", lostInternal, "malformed", malformed);
    }
}
