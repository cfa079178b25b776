package dev.sonde.agent.unwind.copied;

import dev.sonde.agent.count.Counts;
import dev.sonde.agent.kernel.Sample;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/**
 * The copied stacks between the thread that reads samples, which uses the public methods, and the one that finishes them.
 * Bounded; each stack that is offered ends in {@link #end}, once.
 */
public final class CopiedStacks {

    private final CopyLimits limits;
    private final Runnable offered;
    private final Counts<CopyEvent> counts = new Counts<>(CopyEvent.class);
    private final BlockingQueue<CopiedStack> queue;
    private int stacks;
    private long bytes;

    /** @param offered is run when a stack has come and no other waits to be taken up */
    public CopiedStacks(CopyLimits limits, Runnable offered) {
        this.limits = limits;
        this.offered = offered;
        this.queue = new ArrayBlockingQueue<>(limits.stacks());
    }

    /** Has the stack of a sample finished; empty when there is no room, which is counted. */
    public Optional<CopiedStack> offer(Sample sample) {
        if (!hasRoom(sample.stackBytes())) {
            counts.increment(CopyEvent.QUEUE_FULL);
            return Optional.empty();
        }
        CopiedStack stack = CopiedStack.of(sample);
        return offer(stack) ? Optional.of(stack) : Optional.empty();
    }

    /** The same of a copy; false when there is no room. */
    boolean offer(CopiedStack stack) {
        if (!hasRoom(stack.size()) || !queue.offer(stack)) {
            counts.increment(CopyEvent.QUEUE_FULL);
            return false;
        }
        stacks++;
        bytes += stack.size();
        // Who finishes them goes on until none is left: behind another one it is found, too.
        if (queue.size() == 1) {
            offered.run();
        }
        return true;
    }

    private boolean hasRoom(int stackBytes) {
        return stacks < limits.stacks() && bytes + stackBytes <= limits.bytes();
    }

    CopyLimits limits() {
        return limits;
    }

    /** Whether it waits: nothing has become of it, and its time is not over. */
    public boolean waits(CopiedStack stack, long nowNanos) {
        return stack.result() == null
                && nowNanos - stack.timeNanos() < limits.patience().toNanos();
    }

    /** What became of a stack that does not wait any more; empty when it was not unwound. It is counted. */
    public Optional<FinishedStack> end(CopiedStack stack) {
        // First: whoever takes it up once its bytes are gone unwinds nothing, and what comes of that is no result.
        CopiedStack.Result result = stack.result() == null ? stack.provisional() : stack.result();
        stack.abandon();
        stacks--;
        bytes -= stack.size();
        counts.increment(result == null ? CopyEvent.DEADLINE : result.event());
        return Optional.ofNullable(result).map(CopiedStack.Result::stack);
    }

    /** The next one to be finished; null when there is none. */
    CopiedStack poll() {
        CopiedStack stack = queue.poll();
        while (stack != null && stack.abandoned()) {
            stack = queue.poll();
        }
        return stack;
    }

    /** What became of them so far. */
    public Counts<CopyEvent> counts() {
        return counts;
    }
}
