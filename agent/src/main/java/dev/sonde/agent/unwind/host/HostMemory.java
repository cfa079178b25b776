package dev.sonde.agent.unwind.host;

import java.lang.foreign.MemorySegment;

/**
 * Memory of a process: copied, or of a file that is mapped there.
 *
 * @param start its address in the process
 * @param content its bytes, native memory
 */
public record HostMemory(long start, MemorySegment content) {

    static final int BYTES = 24;

    public HostMemory {
        if (!content.isNative()) {
            throw new IllegalArgumentException("content: on the heap (expected: native memory)");
        }
    }
}
