package dev.sonde.agent.jvm;

import dev.sonde.agent.count.Counts;
import dev.sonde.agent.jvm.code.CodeHeap;
import dev.sonde.agent.jvm.code.CodeHeaps;
import dev.sonde.agent.jvm.facts.JvmFacts;
import dev.sonde.agent.jvm.image.JvmImages;
import dev.sonde.agent.jvm.layout.LibJvm;
import dev.sonde.agent.jvm.layout.VmLayout;
import dev.sonde.agent.jvm.layout.VmLayoutException;
import dev.sonde.agent.jvm.memory.MemoryPages;
import dev.sonde.agent.jvm.memory.ProcessMemory;
import dev.sonde.agent.jvm.memory.ProcessReadException;
import dev.sonde.agent.jvm.names.JvmCode;
import dev.sonde.agent.jvm.thread.JavaThread;
import dev.sonde.agent.jvm.thread.JavaThreads;
import dev.sonde.agent.jvm.thread.NamespaceThreads;
import dev.sonde.agent.kernel.code.JvmImage;
import dev.sonde.agent.kernel.ffi.Libc;
import dev.sonde.agent.mapping.Mapping;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One HotSpot JVM: waits until it has come far enough to be read, reads it, and goes on to look for what changes. Bounded
 * work a turn.
 */
final class HotSpotVm implements JvmCare.Patient {

    private static final Logger LOG = LoggerFactory.getLogger(HotSpotVm.class);

    /** A JVM takes some 50 ms to its first bytecode, and its first named stack is wanted soon. */
    private static final long FIRST_LOOK_NANOS = Duration.ofMillis(20).toNanos();

    private static final long LAST_LOOK_NANOS = Duration.ofMillis(500).toNanos();

    /** A JVM that says nothing of itself by then (-XX:-UsePerfData) is read all the same. */
    private static final long SILENT_NANOS = Duration.ofMillis(500).toNanos();

    /** One that cannot be read by then never can: a JVM on a machine without a free CPU takes seconds to start. */
    private static final long GIVE_UP_NANOS = Duration.ofSeconds(30).toNanos();

    /** How often one that is known is looked at, for its end and for what is new: the longer the older it is. */
    private static final long FIRST_REFRESH_NANOS = Duration.ofMillis(100).toNanos();

    private static final long LAST_REFRESH_NANOS = Duration.ofSeconds(5).toNanos();

    /** How long unknown code is no reason to look at all code again, when that found nothing some times. */
    private static final long LAST_UNKNOWN_NANOS = Duration.ofMinutes(1).toNanos();

    /** How often it is looked whether the process still runs the same program: until then it has the labels of the old one. */
    private static final long LIFE_NANOS = Duration.ofSeconds(1).toNanos();

    /** After a failure a JVM is left alone for so many times as long as that took: the others wait meanwhile. */
    private static final long PAUSE_TIMES = 20;

    /** Names of threads are listed no more often: some 13 reads a thread. */
    private static final long THREADS_NANOS = Duration.ofSeconds(1).toNanos();

    /** 64 pages of 4 KiB; dropped after each use. */
    private static final int PAGES = 64;

    private final Tools tools;
    private final Jvm jvm;
    private final Mapping mapping;
    private final Life life;
    private final NamespaceThreads numbers;
    private final long metNanos = System.nanoTime();
    private final Backoff looks = new Backoff(FIRST_LOOK_NANOS, LAST_LOOK_NANOS);
    private final Backoff refreshes = new Backoff(FIRST_REFRESH_NANOS, LAST_REFRESH_NANOS);
    private long dueNanos = metNanos;
    private long turnNanos = metNanos;

    /** From when on unknown code is a reason to look again: what was looked for on its account was not found. */
    private long unknownCodeDueNanos = metNanos;

    private final Backoff unknownCode = new Backoff(LAST_REFRESH_NANOS, LAST_UNKNOWN_NANOS);
    private long threadsDueNanos = metNanos;
    private long lifeDueNanos = metNanos;
    private ProcessMemory memory;
    private VmLayout layout;
    private JvmImages images;
    private List<CodeHeap> heaps;
    private int namingThread;

    /**
     * What all JVMs are looked after with.
     *
     * @param proc where procfs is mounted
     * @param kernel who unwinds their frames
     * @param numbers those that places in code get
     * @param frames what becomes of frames
     * @param events what happens with JVMs
     */
    record Tools(
            Path proc,
            Libc libc,
            JvmFacts facts,
            KernelJvms kernel,
            AtomicLong numbers,
            Counts<FrameResult> frames,
            Counts<JvmEvent> events) {}

    HotSpotVm(Tools tools, Jvm jvm, Mapping mapping) {
        this.tools = tools;
        this.jvm = jvm;
        this.mapping = mapping;
        this.life = new Life(tools.proc(), jvm.pid());
        this.numbers = new NamespaceThreads(tools.proc());
    }

    @Override
    public long dueNanos() {
        long work = workDueNanos();
        return lifeDueNanos - work < 0 ? lifeDueNanos : work;
    }

    private long workDueNanos() {
        boolean early = jvm.state() == JvmState.KNOWN && jvm.threads().wanted() && threadsDueNanos - dueNanos < 0;
        return early ? threadsDueNanos : dueNanos;
    }

    @Override
    public void turn() {
        turnNanos = System.nanoTime();
        lifeDueNanos = togetherNanos(turnNanos + LIFE_NANOS);
        if (!life.goesOn()) {
            jvm.become(JvmState.ENDED, "");
            return;
        }
        if (workDueNanos() - System.nanoTime() > 0) {
            return;
        }
        try {
            switch (jvm.state()) {
                case STARTING -> begin();
                case KNOWN -> goOn();
                default -> dueNanos = System.nanoTime() + LAST_REFRESH_NANOS;
            }
        } catch (VmLayoutException e) {
            // Soon after its start a JVM's tables may be half filled.
            retryOr("JVM " + e.jvmVersion() + " is not understood: " + e.getMessage());
        } catch (ProcessReadException e) {
            switch (e.reason()) {
                case GONE -> jvm.become(JvmState.ENDED, "");
                case DENIED -> unsupported("may not be read: " + e.getMessage());
                default -> {
                    tools.events().increment(JvmEvent.CONTRADICTED);
                    retryOr("cannot be read: " + e.getMessage());
                }
            }
        } catch (IOException e) {
            retryOr("libjvm cannot be read: " + e.getMessage());
        }
    }

    private void retryOr(String problem) {
        if (jvm.state() == JvmState.STARTING && System.nanoTime() - metNanos >= GIVE_UP_NANOS) {
            unsupported(problem);
        } else {
            long now = System.nanoTime();
            dueNanos = now + Math.max(looks.next(), PAUSE_TIMES * (now - turnNanos));
        }
    }

    private void unsupported(String problem) {
        LOG.warn("process {}: {}; its Java frames are not unwound", jvm.pid(), problem);
        tools.events().increment(JvmEvent.UNSUPPORTED);
        jvm.become(JvmState.UNSUPPORTED, problem);
        dueNanos = System.nanoTime() + LAST_REFRESH_NANOS;
    }

    /** What it says of itself it says last, when all that is read here has been settled. */
    private void begin() throws IOException {
        ask();
        boolean silent = !jvm.told().complete();
        if (silent && System.nanoTime() - metNanos < SILENT_NANOS) {
            dueNanos = System.nanoTime() + looks.next();
            return;
        }
        attach();
        tools.events().increment(JvmEvent.ATTACHED);
        jvm.become(JvmState.KNOWN, "");
        dueNanos = System.nanoTime() + refreshes.next();
    }

    private void attach() throws IOException {
        LibJvm libjvm = LibJvm.of(tools.proc(), life.thread(), mapping)
                .orElseThrow(() -> new IOException(mapping.path() + ": no HotSpot JVM any more"));
        layout = VmLayout.read(libjvm, memory());
        jvm.version(layout.version());
        heaps = new CodeHeaps(layout, new MemoryPages(memory(), PAGES)).read();
        if (heaps.isEmpty()) {
            throw ProcessReadException.implausible("CodeCache::_heaps", 0, "heaps: it has just begun");
        }
        images = new JvmImages(libjvm, layout, memory());
        tellKernel();
        offerNaming();
        listThreads();
    }

    /** Tells the unwinder of the JVM, when it has something new. */
    private boolean tellKernel() throws IOException {
        Optional<JvmImage> image = images.next();
        if (image.isPresent()) {
            tools.kernel().put(jvm.pid(), jvm.processStartNanos(), life.stackTop(), image.get());
            jvm.image(image.get(), life.stackTop());
        }
        return image.isPresent();
    }

    /** With memory of its own: another thread uses it. */
    private void offerNaming() {
        ProcessMemory own = ProcessMemory.of(tools.libc(), life.thread());
        jvm.offer(new JavaNaming(
                own,
                JvmCode.open(layout, own, jvm.told().unloadedClassesAddress(), tools.numbers()),
                heaps,
                tools.numbers(),
                tools.frames(),
                tools.events()));
        namingThread = life.thread();
    }

    private void ask() throws IOException {
        if (!jvm.told().complete()) {
            jvm.told(tools.facts().read(memory()));
        }
    }

    private void goOn() throws IOException {
        boolean met = System.nanoTime() - unknownCodeDueNanos >= 0 && jvm.takeUnknownCode();
        if (met) {
            refreshes.reset();
            images.lookAgain();
        }
        long pause = refreshes.next();
        dueNanos = pause < LIFE_NANOS ? System.nanoTime() + pause : togetherNanos(System.nanoTime() + pause);
        ask();
        if (namingThread != life.thread()) {
            // A process is not read any more by a thread that has ended.
            offerNaming();
        }
        if (tellKernel()) {
            tools.events().increment(JvmEvent.REFRESHED);
            unknownCode.reset();
            unknownCodeDueNanos = System.nanoTime();
        } else if (met) {
            unknownCodeDueNanos = System.nanoTime() + unknownCode.next();
        }
        if (jvm.threads().wanted() && System.nanoTime() - threadsDueNanos >= 0) {
            listThreads();
        }
    }

    /** The last moment before at which all JVMs have their turns: to wake up costs more than a look at one. */
    private static long togetherNanos(long nanos) {
        return Math.floorDiv(nanos, LIFE_NANOS) * LIFE_NANOS;
    }

    private void listThreads() throws ProcessReadException {
        threadsDueNanos = System.nanoTime() + THREADS_NANOS;
        List<JavaThread> threads = new JavaThreads(layout, new MemoryPages(memory(), PAGES)).read();
        jvm.threads().update(numbers.outside(life.thread(), threads));
    }

    /** By a thread that has not ended; the process's first may. */
    private ProcessMemory memory() {
        if (memory != null && memory.pid() != life.thread()) {
            memory.close();
            memory = null;
        }
        if (memory == null) {
            memory = ProcessMemory.of(tools.libc(), life.thread());
        }
        return memory;
    }

    @Override
    public void close() {
        tools.kernel().remove(jvm.pid(), jvm.processStartNanos());
        if (memory != null) {
            memory.close();
        }
    }
}
