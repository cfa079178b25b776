package dev.sonde.bench.unwind;

import dev.sonde.agent.jvm.JvmProcesses;
import dev.sonde.agent.jvm.KernelJvms;
import dev.sonde.agent.kernel.Sample;
import dev.sonde.agent.kernel.SampleHandler;
import dev.sonde.agent.kernel.Sampler;
import dev.sonde.agent.kernel.SamplerException;
import dev.sonde.agent.kernel.SamplerOptions;
import dev.sonde.agent.kernel.StackOutcome;
import dev.sonde.agent.label.ProcessLabels;
import dev.sonde.agent.label.Rules;
import dev.sonde.agent.unwind.Unwinding;
import dev.sonde.agent.unwind.copied.CopiedStack;
import dev.sonde.agent.unwind.copied.FinishedStack;
import dev.sonde.agent.wiring.ProcessKnowledge;
import dev.sonde.agent.wiring.RunningJvms;
import dev.sonde.model.Labels;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Samples one process and its children by the agent's own sampler, and counts how their stacks end. */
public final class Sampling implements AutoCloseable {

    private static final long POLL_MILLIS = 50;

    private static final int MAX_FILES = 1000;

    private static final int MAX_PROCESSES = 1000;

    private final Sampler sampler;
    private final Unwinding unwinding;
    private final JvmProcesses jvms;
    private final ProcessKnowledge knowledge;
    private final Map<StackOutcome, Long> outcomes = new EnumMap<>(StackOutcome.class);
    private final List<CopiedStack> waiting = new ArrayList<>();
    private long samples;
    private SampleHandler listener = sample -> {};

    private Sampling(Sampler sampler, Unwinding unwinding, ProcessKnowledge knowledge) {
        this.sampler = sampler;
        this.unwinding = unwinding;
        this.knowledge = knowledge;
        jvms = JvmProcesses.open(KernelJvms.of(sampler.jvmMaps()));
        unwinding.knowJvms(jvms);
    }

    /** Samples nothing yet, with the tables of all that runs. */
    public static Sampling start(int hertz) throws IOException {
        try {
            Sampler sampler = Sampler.open(SamplerOptions.targets(hertz));
            ProcessLabels labels = new ProcessLabels(Rules.none(), Labels.empty(), "", "");
            ProcessKnowledge knowledge = ProcessKnowledge.open(labels, MAX_PROCESSES, MAX_FILES);
            Unwinding unwinding = Unwinding.prepare(sampler, knowledge.files(), Optional.empty());
            sampler.start();
            return new Sampling(sampler, unwinding, knowledge);
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

    /** Samples a process; of a JVM's code it knows what there is now, and learns what comes later. */
    public void process(long pid) throws IOException {
        try {
            RunningJvms.read(jvms, knowledge.table(), sampler.codeRequests(), List.of((int) pid));
            sampler.addTarget(pid);
        } catch (SamplerException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /** Takes what comes for so long, or until the process ends. */
    public void take(Process process, Duration duration) throws InterruptedException {
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
    public void listen(SampleHandler handler) {
        listener = handler;
    }

    /** Forgets what was taken so far. */
    public void reset() {
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

    /** How many were taken. */
    public long samples() {
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
    public long runNanos() throws IOException {
        try {
            return sampler.runNanos();
        } catch (SamplerException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        jvms.close();
        unwinding.close();
        sampler.close();
    }
}
