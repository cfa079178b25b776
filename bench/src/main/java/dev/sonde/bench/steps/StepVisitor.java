package dev.sonde.bench.steps;

import dev.sonde.agent.unwind.host.HostMemory;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** Takes what the tracer tells; what it is handed is good during the call. */
interface StepVisitor {

    /**
     * From the next step on the program has this mapped.
     *
     * @param text of {@code /proc/PID/maps}
     * @param startStack the stack pointer with which it was started
     */
    void maps(String text, long startStack) throws IOException;

    /**
     * The program has come one instruction further.
     *
     * @param registers as {@code struct user_regs_struct} begins
     * @param stacks the memory from below the stack pointer up to the stack's end; of the stack too that a handler left
     * @param callers the shadow stack, innermost first
     */
    void step(MemorySegment registers, List<HostMemory> stacks, long[] callers) throws IOException;

    /**
     * The program has jumped out of frames, by longjmp or to an exception's landing pad.
     *
     * @param address where to
     * @param callers the shadow stack there, innermost first
     */
    void landing(long address, long[] callers);
}
