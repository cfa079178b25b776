package dev.sonde.agent.unwind.host;

import java.lang.foreign.MemorySegment;

/** The library that module bpf builds of unwind/host.c. From any number of threads. */
interface UnwindLibrary {

    /**
     * Unwinds one stack.
     *
     * @param request a {@code struct sonde_host_request} (unwind/host.h)
     * @param stack a {@code struct sonde_host_stack}, to be filled
     */
    void unwind(MemorySegment request, MemorySegment stack);
}
