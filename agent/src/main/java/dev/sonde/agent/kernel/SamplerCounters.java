package dev.sonde.agent.kernel;

import java.util.Map;

/**
 * What became of the clock's ticks since the sampler was opened ({@code enum sonde_counter} in event.h). It adds up:
 * {@code running time x hertz = ticks + ticksIdle + ticksLate} and {@code ticks = ticksFiltered + samples +
 * lostRingFull + lostInternal}, but for one tick per CPU.
 *
 * @param ticks ticks that found a thread running
 * @param ticksIdle ticks that found the CPU idle
 * @param ticksLate ticks that the timer skipped because the one before was handled a period or more too late, as when a
 *     hypervisor takes the CPU away
 * @param ticksFiltered ticks in processes that are no target
 * @param samples samples written to the ring buffer
 * @param lostRingFull samples lost because the ring buffer was full
 * @param lostInternal samples lost by an error of the sampler; stays zero
 * @param registersUnreadable samples without user registers, because reading them failed
 * @param targetsFull children of targets that are not sampled, because there are too many
 * @param dueUnreadable ticks before which none could be found late, because their due time could not be read
 * @param tableRequestsLost words about a file without an unwind table that found no room; it is asked for again
 * @param framesByPointer frames whose caller was found by a frame pointer, because no table covers their code
 * @param malformed records of the ring buffer that are shorter than they say; stays zero
 * @param stackCopies what became of the stacks that user space is to finish
 */
public record SamplerCounters(
        long ticks,
        long ticksIdle,
        long ticksLate,
        long ticksFiltered,
        long samples,
        long lostRingFull,
        long lostInternal,
        long registersUnreadable,
        long targetsFull,
        long dueUnreadable,
        long tableRequestsLost,
        long framesByPointer,
        long malformed,
        StackCopies stackCopies) {

    /**
     * The stacks that met a file without a table; those not copied are in their samples as far as they were unwound.
     *
     * @param taken copied
     * @param limited not copied: the CPU made as many this second as it may
     * @param ringFull not copied: no room in their ring buffer
     * @param busy not copied: another CPU was copying in the same place
     * @param unreadable not copied: the first page of the stack is not in memory
     */
    public record StackCopies(long taken, long limited, long ringFull, long busy, long unreadable) {
        public static final StackCopies NONE = new StackCopies(0, 0, 0, 0, 0);
    }

    /** The samples that should be there and are not, by reason: the words of {@code sonde_agent_samples_lost_total}. */
    public Map<String, Long> lost() {
        return Map.of(
                "ring-full", lostRingFull, "late-tick", ticksLate, "internal", lostInternal, "malformed", malformed);
    }
}
