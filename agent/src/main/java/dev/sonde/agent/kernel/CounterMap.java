package dev.sonde.agent.kernel;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.sonde.agent.kernel.ffi.LibBpf;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** The sampler's counters: each is one number per CPU, summed when read. */
final class CounterMap {
    static final int TICKS = 0;
    static final int TICKS_IDLE = 1;
    static final int TICKS_LATE = 2;
    static final int TICKS_FILTERED = 3;
    static final int SAMPLES = 4;
    static final int LOST_RING_FULL = 5;
    static final int LOST_INTERNAL = 6;
    static final int REGISTERS_UNREADABLE = 7;
    static final int TARGETS_FULL = 8;
    static final int DUE_UNREADABLE = 9;
    static final int TABLE_REQUESTS_LOST = 10;
    static final int FRAMES_BY_POINTER = 11;
    static final int STACK_COPIES = 12;
    static final int STACK_COPIES_LIMITED = 13;
    static final int STACK_COPIES_RING_FULL = 14;
    static final int STACK_COPIES_BUSY = 15;
    static final int STACK_COPIES_UNREADABLE = 16;
    static final int COUNTERS = 17;

    private final LibBpf bpf;
    private final int fd;

    CounterMap(LibBpf bpf, int fd) {
        this.bpf = bpf;
        this.fd = fd;
    }

    SamplerCounters read(long malformed) {
        long[] sums = new long[COUNTERS];
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment key = arena.allocate(JAVA_INT);
            MemorySegment values = arena.allocate(JAVA_LONG, bpf.possibleCpus());
            for (int counter = 0; counter < COUNTERS; counter++) {
                key.set(JAVA_INT, 0, counter);
                if (bpf.lookup(fd, key, values) == 0) {
                    sums[counter] = sum(values);
                }
            }
        }
        return new SamplerCounters(
                sums[TICKS],
                sums[TICKS_IDLE],
                sums[TICKS_LATE],
                sums[TICKS_FILTERED],
                sums[SAMPLES],
                sums[LOST_RING_FULL],
                sums[LOST_INTERNAL],
                sums[REGISTERS_UNREADABLE],
                sums[TARGETS_FULL],
                sums[DUE_UNREADABLE],
                sums[TABLE_REQUESTS_LOST],
                sums[FRAMES_BY_POINTER],
                malformed,
                new SamplerCounters.StackCopies(
                        sums[STACK_COPIES],
                        sums[STACK_COPIES_LIMITED],
                        sums[STACK_COPIES_RING_FULL],
                        sums[STACK_COPIES_BUSY],
                        sums[STACK_COPIES_UNREADABLE]));
    }

    private static long sum(MemorySegment values) {
        long sum = 0;
        for (long at = 0; at < values.byteSize(); at += Long.BYTES) {
            sum += values.get(JAVA_LONG, at);
        }
        return sum;
    }
}
