package dev.sonde.agent.unwind;

import dev.sonde.agent.count.Counts;
import dev.sonde.agent.kernel.CodeRequests;
import dev.sonde.agent.kernel.Sampler;
import dev.sonde.agent.kernel.SamplerException;
import dev.sonde.agent.kernel.code.FileId;
import dev.sonde.agent.kernel.code.MappedCode;
import dev.sonde.agent.mapping.ExecutableFile;
import dev.sonde.agent.mapping.ExecutableFiles;
import dev.sonde.symbolizer.cfi.UnwindTableCache;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
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
    private static final long BUDGET_BYTES = 16 << 20;

    /** Until a file's table is there, stacks end in it: the pause after which its samples are whole. */
    private static final Duration POLL = Duration.ofMillis(10);

    private static final Path PROC = Path.of("/proc");

    private static final Duration END = Duration.ofSeconds(10);

    private final CodeRequests requests;
    private final UnwindTables tables;
    private final Counts<TableEvent> counts = new Counts<>(TableEvent.class);
    private final KernelFiles kernelFiles = new KernelFiles();
    private final CountDownLatch stop = new CountDownLatch(1);
    private final Thread thread =
            Thread.ofPlatform().name("sonde-unwind-tables").daemon().unstarted(this::run);

    private Unwinding(Sampler sampler, ExecutableFiles files, Optional<UnwindTableCache> cache) {
        this.requests = sampler.codeRequests();
        this.tables = new UnwindTables(
                new FileTables(PROC, files, kernelFiles, cache), sampler.unwindMaps(), BUDGET_BYTES, counts);
    }

    /**
     * Makes the tables of all running processes and goes on with what comes; the sampler is started after this, and
     * closed after the result is.
     *
     * @param cache where tables are kept from run to run
     * @throws SamplerException when the running processes cannot be listed
     */
    public static Unwinding prepare(Sampler sampler, ExecutableFiles files, Optional<UnwindTableCache> cache)
            throws SamplerException {
        Unwinding unwinding = new Unwinding(sampler, files, cache);
        unwinding.addRunning();
        unwinding.thread.start();
        return unwinding;
    }

    private void addRunning() throws SamplerException {
        Set<FileId> seen = new HashSet<>();
        Set<MappedCode> running = new HashSet<>();
        requests.listRunning(code -> {
            if (seen.add(code.file())) {
                running.add(code);
            }
        });
        long start = System.nanoTime();
        running.forEach(tables::want);
        LOG.info(
                "unwind tables of {} running files in {} ms, {} KiB",
                running.size(),
                (System.nanoTime() - start) / 1_000_000,
                tables.bytes() >> 10);
    }

    private void run() {
        try {
            while (!stop.await(POLL.toNanos(), TimeUnit.NANOSECONDS)) {
                requests.poll(tables::want);
            }
        } catch (InterruptedException e) {
            LOG.warn("no more unwind tables are made: the thread was interrupted");
        }
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

    @Override
    public void close() {
        stop.countDown();
        try {
            thread.join(END);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
