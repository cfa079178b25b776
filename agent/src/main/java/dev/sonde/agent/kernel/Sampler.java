package dev.sonde.agent.kernel;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.sonde.agent.kernel.ffi.FfmLibBpf;
import dev.sonde.agent.kernel.ffi.FfmLibc;
import dev.sonde.agent.kernel.ffi.LibBpf;
import dev.sonde.agent.kernel.ffi.Libc;
import dev.sonde.agent.kernel.sys.CpuList;
import dev.sonde.agent.kernel.sys.Sysctl;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Samples processes through the kernel: opens, configures and attaches the sampler of module {@code bpf} and reads what
 * it writes. {@link #poll} belongs to one thread; everything else may be called from any while the sampler is open.
 */
public final class Sampler implements AutoCloseable {
    private static final String OBJECT = "/dev/sonde/bpf/sampler.bpf.o";
    private static final String SAMPLE_CPU = "sample_cpu";
    private static final String MEET_PROGRAM = "meet_program";
    private static final String[] FOLLOW = {"follow_fork", "forget_freed"};

    /** struct sonde_config in event.h. */
    static final int CONFIG_BYTES = 24;

    static final int CONFIG_PERIOD = 0;
    static final int CONFIG_FILTER = 8;
    static final int CONFIG_KERNEL_FRAMES = 12;
    static final int CONFIG_STACK_COPIES = 16;

    /** SONDE_MAX_KERNEL_FRAMES in event.h. */
    private static final int MAX_KERNEL_FRAMES = 127;

    private static final Path BTF = Path.of("/sys/kernel/btf/vmlinux");
    private static final String MAX_STACK = "kernel/perf_event_max_stack";

    private final BpfObject object;
    private final RingBuffer ring;
    private final RingBuffer copies;
    private final PerfEvents events;
    private final CounterMap counters;
    private final TargetMap targets;
    private final UnwindMaps unwindMaps;
    private final JvmMaps jvmMaps;
    private final CodeRequests codeRequests;
    private final Sample sample = new Sample();
    private final Delivery delivery = new Delivery();
    private volatile long malformed;

    private Sampler(
            BpfObject object,
            RingBuffer ring,
            RingBuffer copies,
            PerfEvents events,
            CounterMap counters,
            TargetMap targets,
            UnwindMaps unwindMaps,
            JvmMaps jvmMaps,
            CodeRequests codeRequests) {
        this.object = object;
        this.ring = ring;
        this.copies = copies;
        this.events = events;
        this.counters = counters;
        this.targets = targets;
        this.unwindMaps = unwindMaps;
        this.jvmMaps = jvmMaps;
        this.codeRequests = codeRequests;
    }

    /** From the ring buffer's record to the caller's sample; one object, so that polling allocates nothing. */
    private final class Delivery implements RingBuffer.RecordHandler {
        private SampleHandler handler;

        @Override
        @SuppressWarnings("NonAtomicVolatileUpdate") // Written by the one thread that polls.
        public void onRecord(MemorySegment memory, long start, int bytes) {
            if (sample.wrap(memory, start, bytes)) {
                handler.onSample(sample);
            } else {
                malformed++;
            }
        }
    }

    /**
     * Makes a sampler, which {@link #start} starts.
     *
     * @throws SamplerException when the machine, the rights or the kernel do not allow it; the message says how to mend it
     */
    public static Sampler open(SamplerOptions options) throws SamplerException {
        return open(options, CpuList.ONLINE);
    }

    static Sampler open(SamplerOptions options, Path onlineCpus) throws SamplerException {
        requireMachine();
        Libc libc = new FfmLibc();
        LibBpf bpf = openLibBpf();
        BpfObject object = BpfObject.open(bpf, libc, OBJECT);
        RingBuffer ring = null;
        RingBuffer copies = null;
        PerfEvents events = null;
        CodeRequests requests = null;
        try {
            load(object, options);
            ring = RingBuffer.map(libc, object.mapFd("samples"), options.ringBufferBytes());
            copies = RingBuffer.map(
                    libc, object.mapFd("stack_copies"), options.stackCopies().ringBufferBytes());
            events = new PerfEvents(libc, onlineCpus, object.programFd(SAMPLE_CPU), options.periodNanos());
            CounterMap counters = new CounterMap(bpf, object.mapFd("counters"));
            TargetMap targets = options.targetsOnly() ? new TargetMap(bpf, libc, object.mapFd("targets")) : null;
            UnwindMaps unwindMaps = new UnwindMaps(
                    bpf,
                    libc,
                    object.mapFd("unwind_tables"),
                    object.mapFd("unwind_files"),
                    object.mapFd("unwind_asked"));
            JvmMaps jvmMaps = new JvmMaps(bpf, libc, unwindMaps, object.mapFd("jvms"));
            requests = CodeRequests.open(libc, object);
            return new Sampler(object, ring, copies, events, counters, targets, unwindMaps, jvmMaps, requests);
        } catch (SamplerException | RuntimeException e) {
            close(events, requests, object, ring, copies);
            throw e;
        }
    }

    private static void requireMachine() throws SamplerException {
        String architecture = System.getProperty("os.arch");
        if (!architecture.equals("amd64")) {
            throw SamplerFailure.architecture(architecture);
        }
        if (!Files.exists(BTF)) {
            throw SamplerFailure.noBtf(BTF.toString());
        }
    }

    private static LibBpf openLibBpf() throws SamplerException {
        try {
            return FfmLibBpf.open();
        } catch (UnsatisfiedLinkError e) {
            throw SamplerFailure.noLibBpf(e);
        }
    }

    private static void load(BpfObject object, SamplerOptions options) throws SamplerException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment config = arena.allocate(CONFIG_BYTES, Long.BYTES);
            config.set(JAVA_LONG, CONFIG_PERIOD, options.periodNanos());
            config.set(JAVA_INT, CONFIG_FILTER, options.targetsOnly() ? 1 : 0);
            config.set(JAVA_INT, CONFIG_KERNEL_FRAMES, maxKernelFrames());
            config.set(JAVA_INT, CONFIG_STACK_COPIES, options.stackCopies().perSecond());
            object.setData(".rodata.config", config);
        }
        object.setMaxEntries("unwind_tables", UnwindMaps.ENTRIES);
        object.setMaxEntries("unwind_files", UnwindMaps.MAX_FILES);
        object.setMaxEntries("jvms", JvmMaps.MAX_JVMS);
        object.setMaxEntries("samples", options.ringBufferBytes());
        object.setMaxEntries("stack_copies", options.stackCopies().ringBufferBytes());
        if (options.targetsOnly()) {
            object.setMaxEntries("targets", TargetMap.MAX_TARGETS);
        } else {
            for (String program : FOLLOW) {
                object.omit(program);
            }
        }
        object.load();
        object.attach(MEET_PROGRAM);
        if (options.targetsOnly()) {
            for (String program : FOLLOW) {
                object.attach(program);
            }
        }
    }

    /** A kernel stack as deep as this is cut: the administrator may have set less than the sampler asks for. */
    private static int maxKernelFrames() {
        try {
            return Math.min(MAX_KERNEL_FRAMES, Sysctl.readInt(MAX_STACK));
        } catch (IOException e) {
            return MAX_KERNEL_FRAMES;
        }
    }

    /** The unwind tables, to be filled before {@link #start} and whenever there is something new. */
    public UnwindMaps unwindMaps() {
        return unwindMaps;
    }

    /** The JVMs whose Java frames are unwound: to be told of as they are met. */
    public JvmMaps jvmMaps() {
        return jvmMaps;
    }

    /** Which files tables are wanted of. */
    public CodeRequests codeRequests() {
        return codeRequests;
    }

    /**
     * Starts the clocks.
     *
     * @throws SamplerException when the machine or the rights do not allow it; the message says how to mend it
     */
    public void start() throws SamplerException {
        events.refresh();
    }

    /**
     * Hands over the samples that are there now, and returns at once. Nothing wakes the caller: poll every 100 ms to 1 s.
     * Those with a copy of their stack come last.
     *
     * @return how many samples
     */
    public int poll(SampleHandler handler) {
        delivery.handler = handler;
        return ring.poll(delivery) + copies.poll(delivery);
    }

    /**
     * Samples a process, its living descendants and all that they will start.
     *
     * @throws SamplerException when there is no such process, or no room for it
     * @throws IllegalStateException when the sampler samples the whole machine
     */
    public void addTarget(long pid) throws SamplerException {
        ProcessHandle process = ProcessHandle.of(pid)
                .orElseThrow(() -> new SamplerException("pid: " + pid + " (expected: a running process)"));
        requireTargets().add(process);
    }

    /**
     * Samples what a process will start, from the first instruction on, but not the process itself: give it the own pid,
     * then start the command to be sampled.
     *
     * @throws SamplerException when there is no room for it
     * @throws IllegalStateException when the sampler samples the whole machine
     */
    public void addTargetChildren(long pid) throws SamplerException {
        requireTargets().addChildrenOf(pid);
    }

    private TargetMap requireTargets() {
        if (targets == null) {
            throw new IllegalStateException("targets: none (expected: a sampler opened for targets only)");
        }
        return targets;
    }

    /** What became of the ticks so far. */
    public SamplerCounters counters() {
        return counters.read(malformed);
    }

    /** How long the CPUs' clocks ran so far. */
    public EventTimes eventTimes() {
        return events.times();
    }

    /**
     * Follows CPUs that came online or went offline; call it every few seconds.
     *
     * @throws SamplerException when a new CPU's clock cannot be opened; the others go on
     */
    public void refreshCpus() throws SamplerException {
        events.refresh();
    }

    /** Ends the clocks; what was sampled can still be read, and the counters and times stand still. */
    public void stop() {
        events.close();
    }

    /** The kernel's memory for the sampler's maps, ring buffer included, in bytes. */
    public long bpfMapBytes() {
        return object.mapBytes();
    }

    /**
     * Nanoseconds that the sampling program ran so far; 0 unless kernel.bpf_stats_enabled is set.
     *
     * @throws SamplerException when the sampler is closed
     */
    public long runNanos() throws SamplerException {
        return object.runNanos(SAMPLE_CPU);
    }

    /**
     * Ends sampling and frees everything. No other method may be called during or after it, but for those of {@link
     * #unwindMaps}, {@link #jvmMaps} and {@link #codeRequests}: a table may be under way.
     */
    @Override
    public void close() {
        jvmMaps.close();
        unwindMaps.close();
        close(events, codeRequests, object, ring, copies);
    }

    /** The clocks first: a program that runs while its maps go would only count losses. */
    private static void close(PerfEvents events, CodeRequests requests, BpfObject object, RingBuffer... rings) {
        if (events != null) {
            events.close();
        }
        for (RingBuffer ring : rings) {
            if (ring != null) {
                ring.close();
            }
        }
        if (requests != null) {
            requests.close();
        }
        object.close();
    }
}
