package dev.sonde.agent.record;

import dev.sonde.agent.aggregate.Aggregator;
import dev.sonde.agent.aggregate.Clocks;
import dev.sonde.agent.aggregate.Drop;
import dev.sonde.agent.aggregate.ProcessResolver;
import dev.sonde.agent.aggregate.Window;
import dev.sonde.agent.aggregate.WindowLimits;
import dev.sonde.agent.aggregate.WindowProfile;
import dev.sonde.agent.aggregate.WindowSchedule;
import dev.sonde.agent.count.Counts;
import dev.sonde.agent.jvm.JvmProcesses;
import dev.sonde.agent.jvm.KernelJvms;
import dev.sonde.agent.kernel.Sampler;
import dev.sonde.agent.kernel.SamplerException;
import dev.sonde.agent.kernel.SamplerOptions;
import dev.sonde.agent.kernel.StackOutcome;
import dev.sonde.agent.label.ProcessLabels;
import dev.sonde.agent.label.Rules;
import dev.sonde.agent.process.ProcessInfo;
import dev.sonde.agent.quality.StackAccount;
import dev.sonde.agent.unwind.Unwinding;
import dev.sonde.agent.unwind.copied.CopyLimits;
import dev.sonde.agent.wiring.HeldSamples;
import dev.sonde.agent.wiring.Host;
import dev.sonde.agent.wiring.Intake;
import dev.sonde.agent.wiring.ProcessKnowledge;
import dev.sonde.agent.wiring.RunningJvms;
import dev.sonde.agent.wiring.Symbols;
import dev.sonde.model.Labels;
import dev.sonde.pprof.Profile;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Makes one recording. */
public final class Recorder {

    /** Short, for the mappings of a process that lives milliseconds are read at the poll after its first sample. */
    private static final Duration POLL = Duration.ofMillis(20);

    private static final Duration CPU_REFRESH = Duration.ofSeconds(1);

    private static final int MAX_PROCESSES = 1 << 16;
    private static final int MAX_FILES = 4096;

    /** A sample of 30 frames and its header; the ring buffer is to hold a second of all CPUs. */
    private static final long SAMPLE_BYTES = 512;

    private static final long MAX_RING_BUFFER_BYTES = 32 << 20;

    private final RecordOptions options;
    private final Console console;
    private final Clocks clocks = Clocks.system();
    private final Counts<Drop> drops = new Counts<>(Drop.class);
    private final Counts<StackOutcome> outcomes = new Counts<>(StackOutcome.class);
    private final CountDownLatch stop = new CountDownLatch(1);
    private final ProcessKnowledge knowledge;

    private Profile profile;
    private long samples;

    /**
     * @param console where to tell what happens
     */
    public Recorder(RecordOptions options, Console console) {
        this.options = options;
        this.console = console;
        Host host = Host.current();
        ProcessLabels labels = new ProcessLabels(Rules.none(), Labels.empty(), host.name(), host.kernelRelease());
        this.knowledge = ProcessKnowledge.open(labels, MAX_PROCESSES, MAX_FILES);
    }

    /** Ends the recording, which is then written. From any thread. */
    public void stop() {
        stop.countDown();
    }

    /** How many stacks that reached their root were taken so far. From any thread. */
    long completeStacks() {
        return outcomes.get(StackOutcome.COMPLETE);
    }

    /**
     * Records and writes the file.
     *
     * @throws SamplerException when this machine or these rights do not allow it
     * @throws IOException when the command cannot be started or the file not be written
     */
    public void run() throws SamplerException, IOException, InterruptedException {
        Summary summary;
        try (HeldFiles files = new HeldFiles(knowledge.files())) {
            summary = record(files);
        }
        console.summary(summary, options);
    }

    private Summary record(HeldFiles files) throws SamplerException, IOException, InterruptedException {
        ProcessResolver resolver = new ProcessResolver(Symbols.kernel(), Symbols.vdso(), files);
        try (Sampler sampler = Sampler.open(samplerOptions());
                Unwinding unwinding = Unwinding.prepare(
                        sampler,
                        knowledge.files(),
                        Optional.empty(),
                        CopyLimits.RECORDING,
                        Unwinding.RECORDING_BUDGET_BYTES);
                JvmProcesses jvms = JvmProcesses.open(KernelJvms.of(sampler.jvmMaps()))) {
            unwinding.knowJvms(jvms);
            readJvms(jvms, sampler);
            sampler.start();
            // What was sampled before the recording begins is not of it, and not lost either.
            sampler.poll(sample -> {});
            long start = clocks.monotonicNanos();
            Aggregator<ProcessInfo> aggregator = new Aggregator<>(
                    WindowSchedule.single(clocks),
                    resolver,
                    Intake.truncations(),
                    WindowLimits.RECORDING,
                    drops,
                    window -> take(window, files));
            Target target = target(sampler);
            Intake intake = new Intake(
                    knowledge.table(), aggregator, true, outcomes, unwinding::file, drops, StackAccount.none(), jvms);
            HeldSamples held = new HeldSamples(intake, unwinding.copies());
            sample(sampler, held, target, start);
            long elapsed = clocks.monotonicNanos() - start;
            sampler.stop();
            // The clocks ran on after the last poll, and what they took is counted.
            held.poll(sampler);
            var counters = sampler.counters();
            try {
                // While the command runs: stacks may wait for its JVM, and are finished by what it has in its memory.
                held.takeAll(CopyLimits.RECORDING.patience());
            } finally {
                console.ended(target);
            }
            aggregator.finish();
            // First: whatever fails while all is closed must not cost the recording.
            options.output().write(profile);
            return Summary.of(samples, elapsed, counters, drops, outcomes);
        }
    }

    /** What a command runs begins later. */
    private void readJvms(JvmProcesses jvms, Sampler sampler) {
        if (options.pid().isPresent()) {
            List<Integer> one = List.of((int) options.pid().getAsLong());
            RunningJvms.read(jvms, knowledge.table(), sampler.codeRequests(), one);
        } else if (options.command().isEmpty()) {
            RunningJvms.read(jvms, knowledge.table(), sampler.codeRequests());
        }
    }

    private SamplerOptions samplerOptions() {
        long second = SAMPLE_BYTES * options.hertz() * Runtime.getRuntime().availableProcessors();
        long bytes = Math.clamp(second, SamplerOptions.DEFAULT_RING_BUFFER_BYTES, MAX_RING_BUFFER_BYTES);
        // The next power of two, as the ring buffer wants it.
        int ring = (int) (Long.highestOneBit(bytes - 1) << 1);
        return new SamplerOptions(options.hertz(), ring, options.targetsOnly(), SamplerOptions.StackCopies.RECORDING);
    }

    private Target target(Sampler sampler) throws SamplerException, IOException {
        if (!options.command().isEmpty()) {
            return Target.start(sampler, options.command());
        }
        return options.pid().isPresent() ? Target.running(sampler, options.pid().getAsLong()) : Target.machine();
    }

    private void sample(Sampler sampler, HeldSamples held, Target target, long start) throws InterruptedException {
        long end =
                options.duration().map(duration -> start + duration.toNanos()).orElse(Long.MAX_VALUE);
        long refresh = start + CPU_REFRESH.toNanos();
        boolean ended = false;
        while (!ended) {
            long now = clocks.monotonicNanos();
            long wait = Math.min(POLL.toNanos(), end - now);
            ended = stop.await(wait, TimeUnit.NANOSECONDS) || target.ended() || clocks.monotonicNanos() >= end;
            held.poll(sampler);
            held.takeReady(clocks.monotonicNanos());
            if (now >= refresh) {
                refreshCpus(sampler);
                refresh = now + CPU_REFRESH.toNanos();
            }
            if (options.progress()) {
                console.progress(now - start, outcomes);
            }
        }
    }

    private void refreshCpus(Sampler sampler) {
        try {
            sampler.refreshCpus();
        } catch (SamplerException e) {
            console.cpuNotSampled(e);
        }
    }

    private void take(Window<ProcessInfo> window, HeldFiles files) {
        samples = window.total();
        LocalNames names = LocalNames.of(window, files::bytes);
        long periodNanos =
                new SamplerOptions(options.hertz(), SamplerOptions.DEFAULT_RING_BUFFER_BYTES, false).periodNanos();
        profile = new WindowProfile(periodNanos, names).ofAll(window, clocks.monotonicNanos());
    }
}
