package dev.sonde.agent.unwind.copied;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Stacks that wait for a JVM to be known. One thread at a time.
 */
final class WaitingStacks {

    /** They wait for as long as a JVM takes to start; the rest of the room is for those that want a table made. */
    private static final int SHARE = 2;

    private final int maxStacks;
    private final long maxBytes;
    private List<CopiedStack> stacks = new ArrayList<>();
    private long bytes;

    /** @param limits of all copied stacks */
    WaitingStacks(CopyLimits limits) {
        maxStacks = limits.stacks() / SHARE;
        maxBytes = limits.bytes() / SHARE;
    }

    boolean isEmpty() {
        return stacks.isEmpty();
    }

    /** Has one wait; false where there is no room. */
    boolean add(CopiedStack stack) {
        if (stacks.size() >= maxStacks || bytes + stack.size() > maxBytes) {
            return false;
        }
        bytes += stack.size();
        return stacks.add(stack);
    }

    /** Takes out those that need not wait any more, and forgets those that were given up. */
    List<CopiedStack> takeReady(Predicate<CopiedStack> waits) {
        List<CopiedStack> ready = new ArrayList<>();
        List<CopiedStack> rest = new ArrayList<>();
        bytes = 0;
        for (CopiedStack stack : stacks) {
            if (!stack.abandoned()) {
                boolean still = waits.test(stack);
                (still ? rest : ready).add(stack);
                bytes += still ? stack.size() : 0;
            }
        }
        stacks = rest;
        return ready;
    }
}
