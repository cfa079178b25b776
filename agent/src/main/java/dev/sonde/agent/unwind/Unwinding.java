package dev.sonde.agent.unwind;

import dev.sonde.agent.count.Counts;
import dev.sonde.agent.kernel.CodeRequests;
import dev.sonde.agent.kernel.Sampler;
import dev.sonde.agent.kernel.SamplerException;
import dev.sonde.agent.kernel.code.FileId;
import dev.sonde.agent.kernel.code.MappedArea;
import dev.sonde.agent.kernel.code.MappedCode;
import dev.sonde.agent.kernel.code.ProcessCode;
import dev.sonde.agent.mapping.ExecutableFile;
import dev.sonde.agent.mapping.ExecutableFiles;
import dev.sonde.agent.unwind.copied.CopiedStacks;
import dev.sonde.agent.unwind.copied.CopyLimits;
import dev.sonde.agent.unwind.copied.JvmImages;
import dev.sonde.agent.unwind.copied.StackFinisher;
import dev.sonde.symbolizer.cfi.UnwindTableCache;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the sampling program's unwind tables: those of all running processes before sampling begins, then, on a thread
 * of its own, those of each file that a sample met without one.
 */
public final class Unwinding implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Unwinding.class);

    /** Kernel memory for tables: some hundred ordinary libraries with a JVM and a compiler among them. */
    public static final long AGENT_BUDGET_BYTES = 16 << 20;

    /** For a recording, which ends: what is recorded has room beside all that runs. */
    public static final long RECORDING_BUDGET_BYTES = 64 << 20;

    /** Until a file's table is there, stacks end in it: the pause after which its samples are whole. */
    private static final Duration POLL = Duration.ofMillis(10);

    /** Where nothing was new lately. What comes, a file that is not known or a stack to be finished, ends this pause. */
    private static final Duration IDLE_POLL = Duration.ofSeconds(1);

    /** Sampling begins after so long, with the tables that are there: a disk may be slow, a program huge. */
    private static final Duration START = Duration.ofSeconds(10);

    /** The largest programs take a few seconds a table; a file system that does not answer takes for ever. */
    private static final Duration HANGS = Duration.ofMinutes(2);

    /** Beyond so many files, which can be held open at once, none is taken along that was not met: it will be. */
    private static final int MAX_WANTED = FileTables.MAX_HELD;

    private static final Duration END = Duration.ofSeconds(10);

    private final CodeRequests requests;
    private final UnwindTables tables;
    private final Counts<TableEvent> counts = new Counts<>(TableEvent.class);
    private final KernelFiles kernelFiles = new KernelFiles();
    private final CopiedStacks copies;
    private final StackFinisher finisher;
    private final Deque<MappedCode> running = new ArrayDeque<>();
    private final List<MappedCode> met = new ArrayList<>();
    private volatile long turnNanos = System.nanoTime();
    private final CountDownLatch started = new CountDownLatch(1);
    private final CountDownLatch stop = new CountDownLatch(1);
    private final Thread thread =
            Thread.ofPlatform().name("sonde-unwind-tables").daemon().unstarted(this::run);

    private Unwinding(
            Sampler sampler,
            ExecutableFiles files,
            Optional<UnwindTableCache> cache,
            CopyLimits limits,
            long budgetBytes) {
        this.requests = sampler.codeRequests();
        this.tables = new UnwindTables(
                new FileTables(files, kernelFiles, cache), sampler.unwindMaps(), budgetBytes, counts, System::nanoTime);
        this.copies = new CopiedStacks(limits, requests::wake);
        this.finisher = new StackFinisher(
                copies, this::listProcess, tables, file -> files.alwaysAnswers(FileTables.device(file)), budgetBytes);
    }

    /**
     * Makes the tables of all running processes, for some seconds, and goes on with what is left and what comes; the
     * sampler is started after this, and closed after the result is.
     *
     * @param cache where tables are kept from run to run
     * @param limits of the stacks that are finished in user space
     * @param budgetBytes of the kernel's memory for tables
     * @throws SamplerException when the running processes cannot be listed
     */
    public static Unwinding prepare(
            Sampler sampler,
            ExecutableFiles files,
            Optional<UnwindTableCache> cache,
            CopyLimits limits,
            long budgetBytes)
            throws SamplerException {
        Unwinding unwinding = new Unwinding(sampler, files, cache, limits, budgetBytes);
        unwinding.listRunning();
        unwinding.turnNanos = System.nanoTime();
        unwinding.thread.start();
        unwinding.awaitStart();
        return unwinding;
    }

    /** As an agent does. */
    public static Unwinding prepare(Sampler sampler, ExecutableFiles files, Optional<UnwindTableCache> cache)
            throws SamplerException {
        return prepare(sampler, files, cache, CopyLimits.AGENT, AGENT_BUDGET_BYTES);
    }

    /** One with more areas than are listed counts as gone: one process is not to take the memory of all. */
    private Optional<ProcessCode> listProcess(int pid) {
        Optional<ProcessCode> code = requests.listProcess(pid);
        if (code.isPresent() && code.get().areas().size() > CodeRequests.MAX_AREAS) {
            counts.increment(TableEvent.PROCESS_TOO_LARGE);
            return Optional.empty();
        }
        return code;
    }

    private void listRunning() throws SamplerException {
        Set<FileId> seen = new HashSet<>();
        requests.listRunning(code -> {
            if (seen.add(code.file())) {
                running.add(code);
            }
        });
    }

    /** On the thread that makes tables: it may hang where a file system does. */
    private void offerRunning() {
        int all = running.size();
        long start = System.nanoTime();
        while (!running.isEmpty() && stop.getCount() > 0 && System.nanoTime() - start < START.toNanos()) {
            offerNext();
        }
        tables.release();
        LOG.info(
                "unwind tables of {} of {} running files in {} ms, {} KiB",
                all - running.size(),
                all,
                (System.nanoTime() - start) / 1_000_000,
                tables.bytes() >> 10);
    }

    private void offerNext() {
        if (!tables.offer(running.remove())) {
            // Samples tell which of the others are worth the room.
            running.clear();
        }
    }

    private void awaitStart() {
        try {
            if (!started.await(START.toNanos(), TimeUnit.NANOSECONDS)) {
                LOG.warn("sampling begins before the tables of all running files are made: that takes too long");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            guarded(this::offerRunning);
            started.countDown();
            while (stop.getCount() > 0) {
                requests.await(pause());
                turnNanos = System.nanoTime();
                guarded(this::turn);
            }
        } finally {
            tables.release();
            finisher.close();
        }
    }

    private Duration pause() {
        if (!running.isEmpty()) {
            return Duration.ZERO;
        }
        return finisher.isIdle() ? IDLE_POLL : POLL;
    }

    private void turn() {
        requests.poll(met::add);
        if (!met.isEmpty()) {
            add();
        }
        finisher.finishWaiting();
        if (!running.isEmpty()) {
            offerNext();
        }
        // Finishing and offering open files too: a file that stays open keeps its file system mounted.
        tables.release();
    }

    /** What processes map is theirs to choose: no error that comes of it ends the thread. */
    private void guarded(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException | OutOfMemoryError | StackOverflowError e) {
            if (counts.get(TableEvent.FAILED) == 0) {
                LOG.error("making unwind tables goes on after an error", e);
            }
            counts.increment(TableEvent.FAILED);
            met.clear();
            tables.release();
        }
    }

    /** Whether tables are made: false when the thread has ended or hangs. From any thread. */
    public boolean alive() {
        return thread.isAlive() && System.nanoTime() - turnNanos < HANGS.toNanos();
    }

    /**
     * Makes the tables of what was met, and of what else those processes have mapped: that is met next. All that may be
     * gone when its turn comes is opened and listed first.
     */
    private void add() {
        Set<Integer> pids = new LinkedHashSet<>();
        met.forEach(code -> pids.add(code.pid()));
        met.removeIf(code -> code.start() == 0);
        // The same file of several processes stays: the first of them may be gone.
        List<MappedCode> wanted = new ArrayList<>(met);
        met.clear();
        Set<FileId> files = new HashSet<>();
        wanted.forEach(code -> files.add(code.file()));
        for (int pid : pids) {
            for (MappedArea area : finisher.remember(pid)) {
                FileId file = area.file();
                if (wanted.size() < MAX_WANTED && !file.equals(FileId.NONE) && !tables.knows(file) && files.add(file)) {
                    wanted.add(new MappedCode(file, pid, area.start(), area.end()));
                }
            }
        }
        wanted.forEach(tables::hold);
        // All are wanted, none offered: what is offered in vain is not wanted for a while.
        for (MappedCode code : wanted) {
            if (stop.getCount() == 0) {
                return;
            }
            turnNanos = System.nanoTime();
            tables.want(code);
            finisher.finishWaiting();
        }
    }

    /** Has the Java frames of copied stacks unwound, too, from now on. From any thread. */
    public void knowJvms(JvmImages jvms) {
        finisher.knowJvms(jvms);
    }

    /** The stacks that the sampling program could not unwind for want of a table. */
    public CopiedStacks copies() {
        return copies;
    }

    /** The file that the kernel knows by this; empty while nothing of it was read. From any thread. */
    public Optional<ExecutableFile> file(FileId id) {
        return kernelFiles.find(id);
    }

    /** What happened so far. */
    public Counts<TableEvent> counts() {
        return counts;
    }

    /** The kernel's memory for tables, in bytes. */
    public long bytes() {
        return tables.bytes();
    }

    /** The files known, with a table or without. */
    public int files() {
        return tables.files();
    }

    /** A table that is under way may go on for a while; what it places then goes nowhere once the sampler is closed. */
    @Override
    public void close() {
        stop.countDown();
        requests.wake();
        try {
            thread.join(END);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
