package dev.sonde.agent.wiring;

import dev.sonde.agent.kernel.Sample;
import dev.sonde.agent.kernel.SampleHandler;
import dev.sonde.agent.kernel.Sampler;
import dev.sonde.agent.process.ProcessInfo;
import dev.sonde.agent.unwind.copied.CopiedStack;
import dev.sonde.agent.unwind.copied.CopiedStacks;
import dev.sonde.agent.unwind.copied.FinishedStack;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.locks.LockSupport;

/**
 * Before the intake: holds the samples whose stacks are finished in user space until they are, or their time is over. All
 * others go through at once. Each sample goes through once. One thread, that of the intake.
 */
public final class HeldSamples implements SampleHandler {

    private static final long PAUSE_NANOS = Duration.ofMillis(5).toNanos();

    private final Intake intake;
    private final CopiedStacks stacks;
    private final Queue<HeldSample> held = new ArrayDeque<>();

    public HeldSamples(Intake intake, CopiedStacks stacks) {
        this.intake = intake;
        this.stacks = stacks;
    }

    /** Takes in what the sampler has. */
    public void poll(Sampler sampler) {
        intake.beginRound();
        sampler.poll(this);
    }

    @Override
    public void onSample(Sample sample) {
        if (sample.stackBytes() == 0 || !hold(sample)) {
            intake.onSample(sample);
        }
    }

    private boolean hold(Sample sample) {
        try {
            // Now: it may be gone when the stack is there.
            ProcessInfo process = intake.processOfCopy(sample);
            Optional<CopiedStack> stack = process.excluded() ? Optional.empty() : stacks.offer(sample);
            stack.ifPresent(waiting -> held.add(HeldSample.of(sample, process, waiting)));
            return stack.isPresent();
        } catch (RuntimeException | OutOfMemoryError e) {
            intake.lost(e);
            return true;
        }
    }

    /** Takes in the samples that wait no longer at a time of CLOCK_MONOTONIC. */
    public void takeReady(long nowNanos) {
        Iterator<HeldSample> each = held.iterator();
        while (each.hasNext()) {
            HeldSample sample = each.next();
            if (!stacks.waits(sample.stack(), nowNanos)) {
                each.remove();
                take(sample);
            }
        }
    }

    /** Takes in all, after they had their time to be finished; what has not, goes as it is. */
    public void takeAll(Duration patience) {
        long end = System.nanoTime() + patience.toNanos();
        takeReady(System.nanoTime());
        while (!held.isEmpty() && System.nanoTime() - end < 0) {
            LockSupport.parkNanos(PAUSE_NANOS);
            takeReady(System.nanoTime());
        }
        while (!held.isEmpty()) {
            take(held.remove());
        }
    }

    private void take(HeldSample sample) {
        try {
            Optional<FinishedStack> finished = stacks.end(sample.stack());
            if (finished.isPresent()) {
                FinishedStack stack = finished.get();
                intake.take(sample, stack.words(), stack.outcome(), stack.areas());
            } else {
                intake.take(sample, sample.userWords(), sample.outcome(), sample.areas());
            }
        } catch (RuntimeException | OutOfMemoryError e) {
            intake.lost(e);
        }
    }

    /** When the oldest that waits was taken, CLOCK_MONOTONIC: its window is to stay open; Long.MAX_VALUE without any. */
    public long oldestNanos() {
        long oldest = Long.MAX_VALUE;
        for (HeldSample sample : held) {
            oldest = Math.min(oldest, sample.stack().timeNanos());
        }
        return oldest;
    }
}
