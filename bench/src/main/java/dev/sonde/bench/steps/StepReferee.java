package dev.sonde.bench.steps;

import dev.sonde.agent.kernel.StackOutcome;
import dev.sonde.agent.unwind.host.HostMemory;
import dev.sonde.agent.unwind.host.HostStack;
import dev.sonde.agent.unwind.host.HostUnwinder;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Holds the unwinder's callers against the shadow stack's, step by step. */
final class StepReferee implements StepVisitor {

    private final HostUnwinder unwinder = new HostUnwinder();
    private final Map<String, SteppedFile> files = new HashMap<>();
    private final Map<StepMiss, Long> misses = new HashMap<>();
    private SteppedCode code;
    private long steps;
    private long rightCallers;
    private long rightStacks;

    @Override
    public void maps(String text, long startStack) throws IOException {
        code = new SteppedCode(text, startStack, files);
    }

    @Override
    public void step(MemorySegment registers, List<HostMemory> stacks, long[] callers) {
        List<HostMemory> memory = new ArrayList<>(stacks);
        memory.addAll(code.text());
        HostStack found = unwinder.unwind(registers, memory, code.code());
        steps++;
        int right = rightFrames(found.addresses(), callers);
        boolean whole = right == callers.length
                && found.addresses().length == callers.length + 1
                && found.outcome() == StackOutcome.COMPLETE;
        if (whole) {
            rightStacks++;
        }
        if (whole || right > 0) {
            rightCallers++;
        }
        if (!whole) {
            long[] addresses = found.addresses();
            String reason = addresses.length > right + 1
                    ? right == callers.length ? "behind-the-root" : StepMiss.WRONG
                    : found.outcome() == StackOutcome.COMPLETE
                            ? "ends-early"
                            : found.outcome().reason();
            // A caller's address lies behind its call.
            long pc = right == 0 ? addresses[0] : addresses[right] - 1;
            misses.merge(code.miss(pc, reason, right == 0), 1L, Long::sum);
        }
    }

    /** How many callers, from the innermost on, are the true ones. */
    private static int rightFrames(long[] addresses, long[] callers) {
        int right = 0;
        while (right < callers.length && right + 1 < addresses.length && addresses[right + 1] == callers[right]) {
            right++;
        }
        return right;
    }

    StepScore score(String program) {
        return new StepScore(program, steps, rightCallers, rightStacks, Map.copyOf(misses));
    }
}
