package dev.sonde.agent.wiring;

import dev.sonde.agent.aggregate.Aggregator;
import dev.sonde.agent.aggregate.AlignedWindows;
import dev.sonde.agent.aggregate.Clocks;
import dev.sonde.agent.aggregate.Drop;
import dev.sonde.agent.aggregate.LocationNames;
import dev.sonde.agent.aggregate.ProcessResolver;
import dev.sonde.agent.aggregate.WindowLimits;
import dev.sonde.agent.aggregate.WindowProfile;
import dev.sonde.agent.aggregate.WindowSchedule;
import dev.sonde.agent.config.AgentConfig;
import dev.sonde.agent.count.Counts;
import dev.sonde.agent.jvm.JvmProcesses;
import dev.sonde.agent.jvm.KernelJvms;
import dev.sonde.agent.kernel.Sampler;
import dev.sonde.agent.kernel.SamplerException;
import dev.sonde.agent.kernel.SamplerOptions;
import dev.sonde.agent.kernel.StackOutcome;
import dev.sonde.agent.label.ProcessLabels;
import dev.sonde.agent.metrics.AgentMetrics;
import dev.sonde.agent.metrics.MetricsServer;
import dev.sonde.agent.process.ProcessInfo;
import dev.sonde.agent.quality.StackQuality;
import dev.sonde.agent.quality.UnwindPage;
import dev.sonde.agent.unwind.Unwinding;
import dev.sonde.agent.unwind.copied.CopyLimits;
import dev.sonde.symbolizer.cfi.UnwindTableCache;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The agent that always runs: samples the machine and ships profiles until it is stopped. */
public final class Agent implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Agent.class);

    /**
     * How long samples wait in the ring buffer. Longer costs less, but the mappings of a process are read at the poll
     * after its first sample, and a process that ended before it keeps only its name.
     */
    private static final Duration POLL = Duration.ofMillis(100);

    /** A window is closed this long after its end, when the last samples of all CPUs have come. */
    private static final Duration GRACE = Duration.ofMillis(200);

    /** An orderly stop waits no longer for stacks whose tables are being made. */
    private static final Duration LAST_STACKS = Duration.ofMillis(500);

    private static final Duration CPU_REFRESH = Duration.ofSeconds(5);

    /** No poll for so long means that the agent hangs. */
    private static final Duration UNHEALTHY = Duration.ofSeconds(30);

    /** On disk: several times what the kernel holds at once, so that what was evicted comes back quickly. */
    private static final long MAX_CACHED_TABLE_BYTES = 128 << 20;

    private final Counts<Drop> drops = new Counts<>(Drop.class);
    private final Counts<StackOutcome> outcomes = new Counts<>(StackOutcome.class);
    private final StackQuality quality = new StackQuality(System::nanoTime);
    private final CountDownLatch stop = new CountDownLatch(1);
    private final Clocks clocks;
    private final Delivery delivery;
    private final Sampler sampler;
    private final Unwinding unwinding;
    private final JvmProcesses jvms;
    private final Intake intake;
    private final HeldSamples held;
    private final Aggregator<ProcessInfo> aggregator;
    private final Optional<MetricsServer> metricsServer;
    private volatile long lastPollNanos;

    private Agent(
            AgentConfig config,
            Clocks clocks,
            WindowSchedule schedule,
            ProcessResolver resolver,
            ProcessKnowledge knowledge,
            Delivery delivery,
            Sampler sampler,
            Unwinding unwinding,
            JvmProcesses jvms) {
        this.clocks = clocks;
        this.delivery = delivery;
        this.sampler = sampler;
        this.unwinding = unwinding;
        this.jvms = jvms;
        SamplerOptions options = SamplerOptions.wholeMachine(config.hz());
        WindowShipping shipping = new WindowShipping(
                new WindowProfile(options.periodNanos(), LocationNames.none()),
                delivery.newBatch(),
                delivery.startUploads(knowledge.files()),
                clocks);
        this.aggregator =
                new Aggregator<>(schedule, resolver, Intake.truncations(), WindowLimits.AGENT, drops, shipping);
        this.intake = new Intake(knowledge.table(), aggregator, false, outcomes, unwinding::file, drops, quality, jvms);
        this.held = new HeldSamples(intake, unwinding.copies());
        this.metricsServer = config.listen().flatMap(address -> serve(address, metrics(knowledge)));
    }

    /**
     * Starts the agent's threads; {@link #run} samples.
     *
     * @throws SamplerException when this machine or these rights do not allow it
     * @throws IOException when the spool cannot be used
     */
    public static Agent start(AgentConfig config) throws SamplerException, IOException {
        Clocks clocks = Clocks.system();
        ProcessResolver resolver = new ProcessResolver(Symbols.kernel(), Symbols.vdso(), file -> {});
        WindowSchedule schedule = new AlignedWindows(clocks, config.window(), config.firstWindow());
        ProcessLabels labels = new ProcessLabels(
                config.rules(), config.labels(), config.host(), Host.current().kernelRelease());
        ProcessKnowledge knowledge = ProcessKnowledge.open(labels, config.maxProcesses(), config.maxFiles());
        Sampler sampler = Sampler.open(new SamplerOptions(config.hz(), config.ringBufferBytes(), false));
        Unwinding unwinding = null;
        JvmProcesses jvms = null;
        Delivery delivery = null;
        try {
            unwinding = Unwinding.prepare(
                    sampler, knowledge.files(), tableCache(config), CopyLimits.AGENT, Unwinding.AGENT_BUDGET_BYTES);
            jvms = JvmProcesses.open(KernelJvms.of(sampler.jvmMaps()));
            unwinding.knowJvms(jvms);
            RunningJvms.read(jvms, knowledge.table(), sampler.codeRequests());
            delivery = Delivery.start(config);
            sampler.start();
            return new Agent(config, clocks, schedule, resolver, knowledge, delivery, sampler, unwinding, jvms);
        } catch (IOException | SamplerException | RuntimeException e) {
            if (delivery != null) {
                delivery.stop();
            }
            if (jvms != null) {
                jvms.close();
            }
            if (unwinding != null) {
                unwinding.close();
            }
            sampler.close();
            throw e;
        }
    }

    /** Beside the spool; without it, tables are made anew at each start. */
    private static Optional<UnwindTableCache> tableCache(AgentConfig config) {
        Path folder = config.spoolDirectory().resolve("unwind-tables");
        try {
            return Optional.of(new UnwindTableCache(folder, MAX_CACHED_TABLE_BYTES));
        } catch (IOException e) {
            LOG.warn("unwind tables are not kept: {}", e.toString());
            return Optional.empty();
        }
    }

    private AgentMetrics metrics(ProcessKnowledge knowledge) {
        AgentMetrics metrics = new AgentMetrics();
        metrics.sampling(sampler::counters, drops, intake::excluded);
        metrics.stacks(outcomes);
        metrics.stackCopies(sampler::counters, unwinding.copies().counts());
        metrics.processes(knowledge.table()::size, knowledge.processEvents(), knowledge.mappingEvents());
        metrics.gauge("sonde_agent_bpf_map_bytes", "Memory of the sampler's maps in the kernel", this::bpfMapBytes);
        metrics.unwindTables(unwinding.counts(), unwinding::files, unwinding::bytes);
        metrics.jvms(jvms.counts(), jvms.frames(), jvms::count);
        delivery.register(metrics);
        return metrics;
    }

    private long bpfMapBytes() {
        return sampler.bpfMapBytes() + unwinding.bytes();
    }

    private Optional<MetricsServer> serve(InetSocketAddress address, AgentMetrics metrics) {
        try {
            return Optional.of(MetricsServer.start(
                    address,
                    metrics.registry(),
                    this::healthy,
                    Map.of(UnwindPage.PATH, new UnwindPage(quality, jvms::report))));
        } catch (IOException e) {
            LOG.warn("no metrics on {}: {} (--metrics-listen HOST:PORT or off)", address, e.getMessage());
            return Optional.empty();
        }
    }

    private boolean healthy() {
        return clocks.monotonicNanos() - lastPollNanos < UNHEALTHY.toNanos()
                && delivery.alive()
                && unwinding.alive()
                && jvms.alive();
    }

    /** Where the own metrics are, if anywhere. */
    public Optional<InetSocketAddress> metricsAddress() {
        return metricsServer.map(MetricsServer::address);
    }

    /** Samples until {@link #stop}; then ships what there is. */
    public void run() throws InterruptedException {
        long refresh = clocks.monotonicNanos() + CPU_REFRESH.toNanos();
        HeapGrowth heap = HeapGrowth.ofThisJvm(clocks.monotonicNanos());
        boolean stopped = false;
        while (!stopped) {
            stopped = stop.await(POLL.toNanos(), TimeUnit.NANOSECONDS);
            long now = clocks.monotonicNanos();
            lastPollNanos = now;
            held.poll(sampler);
            held.takeReady(now);
            aggregator.closeThrough(Math.min(now - GRACE.toNanos(), held.oldestNanos()));
            if (now >= refresh) {
                refresh = now + CPU_REFRESH.toNanos();
                refreshCpus();
            }
            heap.look(now);
        }
        sampler.stop();
        // The clocks ran on until now: what they took is in the samples counted, and is to be in the profiles too.
        held.poll(sampler);
        held.takeAll(LAST_STACKS);
        aggregator.finish();
    }

    private void refreshCpus() {
        try {
            sampler.refreshCpus();
        } catch (SamplerException e) {
            LOG.warn("a CPU that came online is not sampled: {}", e.getMessage());
        }
    }

    /** Ends {@link #run}. From any thread. */
    public void stop() {
        stop.countDown();
    }

    /** Ends all threads, after one more attempt to ship what is in the spool. */
    @Override
    public void close() {
        delivery.stop();
        jvms.close();
        unwinding.close();
        if (metricsServer.map(MetricsServer::stop).orElse(true)) {
            sampler.close();
        } else {
            // The scrape reads the sampler's memory; the kernel takes all back when the process ends.
            LOG.warn("a scrape did not end; the sampler is left to the end of the process");
        }
    }
}
