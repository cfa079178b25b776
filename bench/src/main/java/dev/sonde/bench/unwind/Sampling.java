package dev.sonde.bench.unwind;

import dev.sonde.agent.count.Counts;
import dev.sonde.agent.kernel.Sample;
import dev.sonde.agent.kernel.SampleHandler;
import dev.sonde.agent.kernel.Sampler;
import dev.sonde.agent.kernel.SamplerException;
import dev.sonde.agent.kernel.SamplerOptions;
import dev.sonde.agent.kernel.StackOutcome;
import dev.sonde.agent.mapping.ExecutableFiles;
import dev.sonde.agent.mapping.MappingEvent;
import dev.sonde.agent.mapping.SymbolizerElfReader;
import dev.sonde.agent.unwind.Unwinding;
import dev.sonde.agent.unwind.copied.CopiedStack;
import dev.sonde.agent.unwind.copied.FinishedStack;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Samples one process and its children by the agent's own sampler, and counts how their stacks end. */
final class Sampling implements AutoCloseable {

    private static final long POLL_MILLIS = 50;

    private static final int MAX_FILES = 1000;

    private final Sampler sampler;
    private final Unwinding unwinding;
    private final Map<StackOutcome, Long> outcomes = new EnumMap<>(StackOutcome.class);
    private final List<CopiedStack> waiting = new ArrayList<>();
    private long samples;
    private SampleHandler listener = sample -> {};

    private Sampling(Sampler sampler, Unwinding unwinding) {
        this.sampler = sampler;
        this.unwinding = unwinding;
    }

    /** Samples nothing yet, with the tables of all that runs. */
    static Sampling start(int hertz) throws IOException {
        try {
            Sampler sampler = Sampler.open(SamplerOptions.targets(hertz));
            ExecutableFiles files = new ExecutableFiles(
                    Path.of("/proc"), new SymbolizerElfReader(), MAX_FILES, new Counts<>(MappingEvent.class));
            Unwinding unwinding = Unwinding.prepare(sampler, files, Optional.empty());
            sampler.start();
            return new Sampling(sampler, unwinding);
        } catch (SamplerException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /** Samples what this process starts from now on. */
    void children() throws IOException {
        try {
            sampler.addTargetChildren(ProcessHandle.current().pid());
        } catch (SamplerException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    void process(long pid) throws IOException {
        try {
            sampler.addTarget(pid);
        } catch (SamplerException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /** Takes what comes for so long, or until the process ends. */
    void take(Process process, Duration duration) throws InterruptedException {
        long end = System.nanoTime() + duration.toNanos();
        do {
            Thread.sleep(POLL_MILLIS);
            sampler.poll(this::add);
            takeFinished();
        } while (System.nanoTime() < end && process.isAlive());
        while (!waiting.isEmpty()) {
            Thread.sleep(POLL_MILLIS);
            takeFinished();
        }
    }

    /** As the agent does, each stack once: when it was finished in user space, or its time is over. */
    private void takeFinished() {
        long now = System.nanoTime();
        waiting.removeIf(stack -> {
            boolean ended = !unwinding.copies().waits(stack, now);
            if (ended) {
                StackOutcome outcome = unwinding
                        .copies()
                        .end(stack)
                        .map(FinishedStack::outcome)
                        .orElse(StackOutcome.TABLE_PENDING);
                outcomes.merge(outcome, 1L, Long::sum);
            }
            return ended;
        });
    }

    /** Shows every sample from now on. */
    void listen(SampleHandler handler) {
        listener = handler;
    }

    /** Forgets what was taken so far. */
    void reset() {
        sampler.poll(sample -> {});
        waiting.forEach(unwinding.copies()::end);
        waiting.clear();
        outcomes.clear();
        samples = 0;
    }

    private void add(Sample sample) {
        samples++;
        listener.onSample(sample);
        Optional<CopiedStack> copied =
                sample.stackBytes() == 0 ? Optional.empty() : unwinding.copies().offer(sample);
        if (copied.isPresent()) {
            waiting.add(copied.get());
            return;
        }
        // A thread of the kernel, or a process that has given up its memory, has no user stack.
        if (sample.userDepth() > 0 && sample.outcome() != StackOutcome.EXITING) {
            outcomes.merge(sample.outcome(), 1L, Long::sum);
        }
    }

    long samples() {
        return samples;
    }

    /** Samples with a user stack. */
    long stacks() {
        return outcomes.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Stacks that ended so. */
    long count(StackOutcome outcome) {
        return outcomes.getOrDefault(outcome, 0L);
    }

    /**
     * Of all but those that end where Go leaves a stack for good (mcall, morestack): what runs then has no caller but the
     * thread. {@link #reasons} tells them apart.
     */
    double percentComplete() {
        return 100.0 * count(StackOutcome.COMPLETE) / Math.max(1, stacks() - count(StackOutcome.STACK_SWITCH));
    }

    /** The reasons of those that are not complete. */
    String reasons() {
        StringBuilder text = new StringBuilder();
        outcomes.forEach((outcome, count) -> {
            if (outcome != StackOutcome.COMPLETE) {
                text.append(text.isEmpty() ? "" : ", ")
                        .append(outcome.reason())
                        .append(' ')
                        .append(count);
            }
        });
        return text.toString();
    }

    /** Nanoseconds that the sampling program ran so far. */
    long runNanos() throws IOException {
        try {
            return sampler.runNanos();
        } catch (SamplerException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        unwinding.close();
        sampler.close();
    }
}
