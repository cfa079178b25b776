package dev.sonde.agent.jvm;

import dev.sonde.agent.aggregate.RawSample;
import dev.sonde.agent.count.Counts;
import dev.sonde.agent.jvm.facts.JvmFacts;
import dev.sonde.agent.jvm.recognise.VmFiles;
import dev.sonde.agent.jvm.recognise.VmKind;
import dev.sonde.agent.kernel.code.JvmImage;
import dev.sonde.agent.kernel.ffi.FfmLibc;
import dev.sonde.agent.mapping.AddressSpace;
import dev.sonde.agent.mapping.LivingThread;
import dev.sonde.agent.mapping.Mapping;
import dev.sonde.agent.mapping.Mappings;
import dev.sonde.agent.process.ProcessInfo;
import dev.sonde.agent.unwind.copied.JvmImages;
import it.unimi.dsi.fastutil.ints.Int2ObjectLinkedOpenHashMap;
import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntToLongFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The JVMs of this machine. Processes are looked at when their samples come; what that takes is done by a thread of its
 * own, so that no sample waits for it.
 */
public final class JvmProcesses implements Jvms, JvmImages, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(JvmProcesses.class);

    private static final Path PROC = Path.of("/proc");

    /** As many as the sampling program takes (JvmMaps.MAX_JVMS). */
    static final int MAX_JVMS = 255;

    /** Processes that are remembered to be none, some 100 bytes each; the least recently sampled goes first. */
    private static final int MAX_PROCESSES = 16_384;

    /** Processes that wait to be looked at: as many as begin in a second on a busy build machine. */
    private static final int MAX_WAITING = 1024;

    /** The shortest time that something is put off by. */
    private static final long TICK_MILLIS = 10;

    /** Between two looks at what the JVMs want, when none is due: the intake may want names of threads earlier. */
    private static final long LONGEST_WAIT_MILLIS = 250;

    /** Reading the largest JVM takes seconds; a file system that does not answer takes for ever. */
    private static final Duration HANGS = Duration.ofMinutes(2);

    private static final Duration END = Duration.ofSeconds(5);

    private static final WeakReference<AddressSpace> NOWHERE = new WeakReference<>(null);

    private final Path proc;
    private final Counts<JvmEvent> counts;
    private final Counts<FrameResult> frames;
    private final JvmCare care;
    private final VmFiles files;
    private final AtomicLong threadNumbers = new AtomicLong();
    private final Int2ObjectLinkedOpenHashMap<Seen> seen = new Int2ObjectLinkedOpenHashMap<>();
    private final BlockingQueue<Seen> waiting = new ArrayBlockingQueue<>(MAX_WAITING);
    private final List<CaredFor> jvms = new CopyOnWriteArrayList<>();
    private final Thread thread =
            Thread.ofPlatform().name("sonde-jvms").daemon().unstarted(this::run);

    /** How often each process waits to be looked at, or is, by its pid. */
    private final Map<Integer, Integer> unread = new ConcurrentHashMap<>();

    /** Those that the intake holds memory of. */
    private final Queue<Jvm> ended = new ConcurrentLinkedQueue<>();

    /** Of the thread that takes samples in. */
    private long round;

    private final NameBudget names = NameBudget.ofThisJvm();
    private final List<JavaNaming> named = new ArrayList<>();

    private volatile boolean stopped;
    private volatile long turnNanos = System.nanoTime();

    /** A process as the intake saw it last. */
    private static final class Seen {
        private final int pid;
        private final long processStartNanos;
        private Mappings mappings = Mappings.empty();
        /** In which the JVM was seen alive last. */
        private WeakReference<AddressSpace> space = NOWHERE;

        private volatile List<Mapping> files = List.of();
        private volatile Jvm jvm;

        private Seen(int pid, long processStartNanos) {
            this.pid = pid;
            this.processStartNanos = processStartNanos;
        }
    }

    /** A JVM and what is done for it. */
    private record CaredFor(Seen process, Jvm jvm, JvmCare.Patient patient) {}

    private JvmProcesses(Path proc, JvmCare care, Counts<JvmEvent> counts, Counts<FrameResult> frames) {
        this.proc = proc;
        this.counts = counts;
        this.frames = frames;
        this.care = care;
        this.files = new VmFiles(proc);
    }

    /**
     * Starts to look after the JVMs whose processes are sampled.
     *
     * @param kernel who unwinds their frames; it is told nothing more after {@link #close}
     */
    public static JvmProcesses open(KernelJvms kernel) {
        Counts<JvmEvent> counts = new Counts<>(JvmEvent.class);
        Counts<FrameResult> frames = new Counts<>(FrameResult.class);
        HotSpotVm.Tools tools = new HotSpotVm.Tools(
                PROC,
                new FfmLibc(),
                new JvmFacts(PROC),
                kernel,
                new AtomicLong(JavaNaming.FIRST_NUMBER),
                frames,
                counts);
        JvmCare care = (jvm, mapping) ->
                jvm.kind() == VmKind.HOTSPOT ? new HotSpotVm(tools, jvm, mapping) : new ForeignVm(PROC, jvm);
        return start(PROC, care, counts, frames);
    }

    /**
     * Starts the thread.
     *
     * @param proc where procfs is mounted
     * @param care what is done for each JVM, by that thread alone
     */
    static JvmProcesses start(Path proc, JvmCare care, Counts<JvmEvent> counts, Counts<FrameResult> frames) {
        JvmProcesses processes = new JvmProcesses(proc, care, counts, frames);
        processes.thread.start();
        return processes;
    }

    /**
     * {@inheritDoc} Allocates nothing for a process whose mappings are the same as before. For the thread that takes
     * samples in.
     */
    @Override
    public Jvm of(ProcessInfo process, long processStartNanos) {
        if (process.kernelThread() || process.gone()) {
            return null;
        }
        Seen known = seen.getAndMoveToLast(process.pid());
        if (known != null && known.processStartNanos > processStartNanos) {
            // A sample that waited for its stack, of the process that had the pid before.
            return null;
        }
        if (known == null || known.processStartNanos != processStartNanos) {
            known = new Seen(process.pid(), processStartNanos);
            seen.putAndMoveToLast(process.pid(), known);
            if (seen.size() > MAX_PROCESSES) {
                seen.removeFirst();
            }
        }
        Jvm jvm = known.jvm;
        if (jvm != null && jvm.state() == JvmState.ENDED) {
            if (known.space.refersTo(process.addressSpace())) {
                return jvm;
            }
            // Its process runs another program, maybe with another JVM.
            known.jvm = null;
            known.mappings = Mappings.empty();
            jvm = null;
        }
        if (jvm != null && !known.space.refersTo(process.addressSpace())) {
            known.space = new WeakReference<>(process.addressSpace());
        }
        if (jvm == null && known.mappings != process.addressSpace().mappings()) {
            queue(known, process);
        }
        return jvm;
    }

    @Override
    public Jvm known(int pid, long processStartNanos) {
        Seen process = seen.get(pid);
        return process == null || process.processStartNanos != processStartNanos ? null : process.jvm;
    }

    @Override
    public void beginRound() {
        round++;
        for (Jvm jvm = ended.poll(); jvm != null; jvm = ended.poll()) {
            jvm.forget();
        }
        named.clear();
        for (CaredFor each : jvms) {
            JavaNaming naming = each.jvm.namingInUse();
            if (naming != null) {
                named.add(naming);
            }
        }
        names.share(named, round);
    }

    @Override
    public void addFrames(RawSample to, Jvm jvm, IntToLongFunction words, int count) {
        JavaFrames.add(to, jvm, words, count, round);
    }

    private void queue(Seen process, ProcessInfo info) {
        process.files = info.addressSpace().filesRead();
        // Before: whoever asks meanwhile is to wait.
        unread.merge(process.pid, 1, Integer::sum);
        if (waiting.offer(process)) {
            process.mappings = info.addressSpace().mappings();
        } else {
            isRead(process);
            counts.increment(JvmEvent.QUEUE_FULL);
        }
    }

    private void run() {
        while (!stopped) {
            turnNanos = System.nanoTime();
            try {
                Seen next = waiting.poll(waitMillis(), TimeUnit.MILLISECONDS);
                while (next != null) {
                    look(next);
                    next = waiting.poll();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            } catch (RuntimeException | OutOfMemoryError | StackOverflowError e) {
                failed(e);
            }
            lookAfterAll();
        }
    }

    /** Until the next JVM is due. */
    private long waitMillis() {
        long now = System.nanoTime();
        long nanos = TimeUnit.MILLISECONDS.toNanos(LONGEST_WAIT_MILLIS);
        for (CaredFor each : jvms) {
            nanos = Math.min(nanos, each.patient.dueNanos() - now);
        }
        // Rounded up: who wakes a moment early finds none due.
        return Math.max(TICK_MILLIS, TimeUnit.NANOSECONDS.toMillis(nanos) + 1);
    }

    private void lookAfterAll() {
        try {
            for (CaredFor each : jvms) {
                if (!stopped && each.patient.dueNanos() - System.nanoTime() <= 0) {
                    lookAfter(each);
                }
            }
        } catch (RuntimeException | OutOfMemoryError e) {
            failed(e);
        }
    }

    /** What JVMs have in their memory is theirs to choose: no error that comes of it ends the thread. */
    private void failed(Throwable e) {
        counts.increment(JvmEvent.FAILED);
        if (counts.get(JvmEvent.FAILED) == 1) {
            try {
                LOG.error("looking after JVMs goes on after an error", e);
            } catch (OutOfMemoryError none) {
                // It is counted.
                return;
            }
        }
    }

    private void look(Seen process) {
        try {
            recognise(process);
        } finally {
            isRead(process);
        }
    }

    private void isRead(Seen process) {
        unread.computeIfPresent(process.pid, (pid, times) -> times > 1 ? times - 1 : null);
    }

    private void recognise(Seen process) {
        int readable = LivingThread.of(proc, process.pid).orElse(0);
        if (readable == 0 || process.jvm != null) {
            return;
        }
        Jvm known = find(process.pid, process.processStartNanos);
        if (known != null && known.state() != JvmState.ENDED) {
            // It was forgotten among many processes, and is seen again.
            process.jvm = known;
            return;
        }
        for (Mapping mapping : process.files) {
            VmKind kind = files.kind(readable, mapping);
            if (kind != VmKind.NONE) {
                admit(process, kind, mapping);
                return;
            }
        }
    }

    /** The JVM of a process that is looked after; null where there is none. From any thread. */
    private Jvm find(int pid, long processStartNanos) {
        for (CaredFor each : jvms) {
            if (each.jvm.pid() == pid && each.jvm.processStartNanos() == processStartNanos) {
                return each.jvm;
            }
        }
        return null;
    }

    private void admit(Seen process, VmKind kind, Mapping mapping) {
        if (jvms.size() >= MAX_JVMS) {
            counts.increment(JvmEvent.TOO_MANY);
            return;
        }
        Jvm jvm = new Jvm(process.pid, process.processStartNanos, kind, threadNumbers);
        counts.increment(kind == VmKind.HOTSPOT ? JvmEvent.FOUND : JvmEvent.FOREIGN);
        jvms.add(new CaredFor(process, jvm, care.admit(jvm, mapping)));
        process.jvm = jvm;
    }

    private void lookAfter(CaredFor each) {
        try {
            turnNanos = System.nanoTime();
            each.patient.turn();
        } catch (OutOfMemoryError e) {
            // Whoever took the memory: there will be some again.
            failed(e);
        } catch (RuntimeException | StackOverflowError e) {
            failed(e);
            each.jvm.become(JvmState.UNSUPPORTED, "an error of the agent: " + e);
        }
        if (each.jvm.state() == JvmState.ENDED) {
            counts.increment(JvmEvent.ENDED);
            each.patient.close();
            each.jvm.forgetOffered();
            each.jvm.forgetImage();
            ended.add(each.jvm);
            jvms.remove(each);
        }
    }

    /** Waits until the JVMs of all processes that were asked for are read, or cannot be, at most so long. */
    public void awaitRead(Duration patience) throws InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        while (System.nanoTime() - end < 0 && (!unread.isEmpty() || count(JvmState.STARTING) > 0)) {
            Thread.sleep(TICK_MILLIS);
        }
    }

    /** What is known of each JVM. From any thread. */
    public List<JvmReport> report() {
        List<JvmReport> reports = new ArrayList<>();
        for (CaredFor each : jvms) {
            reports.add(JvmReport.of(each.jvm));
        }
        return reports;
    }

    @Override
    public boolean mayCome(int pid, long processStartNanos) {
        if (unread.containsKey(pid)) {
            return true;
        }
        Jvm jvm = find(pid, processStartNanos);
        return jvm != null && jvm.state() == JvmState.STARTING;
    }

    @Override
    public JvmImage image(int pid, long processStartNanos, long stackTop) {
        Jvm jvm = find(pid, processStartNanos);
        return jvm == null ? null : jvm.image(stackTop);
    }

    /** How many JVMs are in a state. From any thread. */
    public long count(JvmState state) {
        return jvms.stream().filter(each -> each.jvm.state() == state).count();
    }

    /** What happened so far. */
    public Counts<JvmEvent> counts() {
        return counts;
    }

    /** What became of the frames in JVMs' code. */
    public Counts<FrameResult> frames() {
        return frames;
    }

    /** Whether JVMs are looked after: false when the thread has ended or hangs. From any thread. */
    public boolean alive() {
        return thread.isAlive() && System.nanoTime() - turnNanos < HANGS.toNanos();
    }

    /** Ends the thread. The kernel is told nothing more of any JVM. */
    @Override
    public void close() {
        stopped = true;
        try {
            if (!thread.join(END)) {
                LOG.warn("reading a JVM does not end");
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        for (Iterator<CaredFor> each = jvms.iterator(); each.hasNext(); ) {
            each.next().patient.close();
        }
    }
}
