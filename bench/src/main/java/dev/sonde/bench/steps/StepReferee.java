package dev.sonde.bench.steps;

import dev.sonde.agent.kernel.StackOutcome;
import dev.sonde.agent.unwind.host.HostMemory;
import dev.sonde.agent.unwind.host.HostStack;
import dev.sonde.agent.unwind.host.HostUnwinder;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Holds the unwinder's callers against the shadow stack's, step by step. */
final class StepReferee implements StepVisitor {

    /** Instructions from where the landing is known to the jump there: under 16 in libgcc and glibc. */
    private static final int MAX_IN_FLIGHT = 32;

    /** One that may turn out to be on its way already. */
    private record Missed(StepMiss miss, HostStack found) {}

    private final HostUnwinder unwinder = new HostUnwinder();
    private final Map<String, SteppedFile> files = new HashMap<>();
    private final Map<StepMiss, Long> misses = new HashMap<>();
    private final Deque<Missed> lately = new ArrayDeque<>();
    private SteppedCode code;
    private long steps;
    private long rightCallers;
    private long rightStacks;
    private long landings;

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
        long[] addresses = found.addresses();
        int right = rightFrames(addresses, callers);
        boolean whole = right == callers.length
                && addresses.length == callers.length + 1
                && found.outcome() == StackOutcome.COMPLETE;
        rightStacks += whole ? 1 : 0;
        rightCallers += whole || right > 0 ? 1 : 0;
        if (!whole) {
            miss(found, callers, right);
        }
    }

    private void miss(HostStack found, long[] callers, int right) {
        long[] addresses = found.addresses();
        // A caller's address lies behind its call.
        long pc = right == 0 ? addresses[0] : addresses[right] - 1;
        long computed = right + 1 < addresses.length ? addresses[right + 1] : 0;
        long expected = right < callers.length ? callers[right] : 0;
        StepMiss miss = code.miss(pc, reason(found, computed, expected), right == 0, computed, expected);
        misses.merge(miss, 1L, Long::sum);
        lately.add(new Missed(miss, found));
        if (lately.size() > MAX_IN_FLIGHT) {
            lately.removeFirst();
        }
    }

    /**
     * Code that leaves frames by a jump says where it goes as soon as its registers do: its frame information names the
     * landing as the caller, before the shadow stack knows of it.
     */
    @Override
    public void landing(long address, long[] callers) {
        for (Missed missed : lately) {
            long[] addresses = missed.found().addresses();
            if (addresses.length == callers.length + 2
                    && addresses[1] == address
                    && missed.found().outcome() == StackOutcome.COMPLETE
                    && Arrays.equals(addresses, 2, addresses.length, callers, 0, callers.length)) {
                misses.merge(missed.miss(), -1L, Long::sum);
                misses.remove(missed.miss(), 0L);
                rightStacks++;
                rightCallers += missed.miss().leaf() ? 1 : 0;
                landings++;
            }
        }
        lately.clear();
    }

    private static String reason(HostStack found, long computed, long expected) {
        if (computed != 0) {
            return expected == 0 ? "behind-the-root" : StepMiss.WRONG;
        }
        return found.outcome() == StackOutcome.COMPLETE
                ? "ends-early"
                : found.outcome().reason();
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
        return new StepScore(program, steps, rightCallers, rightStacks, landings, Map.copyOf(misses));
    }
}
