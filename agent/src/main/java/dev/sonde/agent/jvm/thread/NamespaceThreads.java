package dev.sonde.agent.jvm.thread;

import it.unimi.dsi.fastutil.ints.Int2IntMap;
import it.unimi.dsi.fastutil.ints.Int2IntOpenHashMap;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * From the numbers that a process in a pid namespace of its own (pid_namespaces(7)) gives its threads to those that samples
 * have. One thread at a time.
 */
public final class NamespaceThreads {

    private static final String LINE = "NSpid:";

    /** It stands among the first twenty. */
    private static final int MAX_LINES = 64;

    /**
     * Asking the kernel for a thread's numbers costs some 20 us, and there may be thousands. They stay while it lives;
     * another thread gets its number only after all others had their turn, 32,768 at least (proc_sys_kernel(5), pid_max).
     */
    private static final long TRUSTED_NANOS = 10_000_000_000L;

    private final Path proc;
    private final LongSupplier nanoTime;

    /** The number inside of each thread that was there last, by that outside. */
    private Int2IntOpenHashMap known = new Int2IntOpenHashMap();

    private long knownSinceNanos;

    /**
     * Those of one process.
     *
     * @param proc where procfs is mounted
     */
    public NamespaceThreads(Path proc) {
        this(proc, System::nanoTime);
    }

    NamespaceThreads(Path proc, LongSupplier nanoTime) {
        this.proc = proc;
        this.nanoTime = nanoTime;
    }

    /**
     * The threads with the numbers that samples have; those that cannot be found are left out.
     *
     * @param pid the process as samples have it, or a thread of it
     */
    public List<JavaThread> outside(int pid, List<JavaThread> threads) {
        Path process = proc.resolve(Integer.toString(pid));
        if (threads.isEmpty() || !isInOwnNamespace(process)) {
            return threads;
        }
        Int2IntMap numbers = numbers(process.resolve("task"));
        List<JavaThread> outside = new ArrayList<>(threads.size());
        for (JavaThread thread : threads) {
            int tid = numbers.get(thread.tid());
            if (tid != 0) {
                outside.add(new JavaThread(tid, thread.name()));
            }
        }
        return outside;
    }

    /** Where the namespaces cannot be read, the numbers are taken as they are: names are compared anyway. */
    private boolean isInOwnNamespace(Path process) {
        try {
            Path own = Files.readSymbolicLink(proc.resolve("self/ns/pid"));
            return !own.equals(Files.readSymbolicLink(process.resolve("ns/pid")));
        } catch (IOException e) {
            return false;
        }
    }

    private Int2IntMap numbers(Path taskFolder) {
        long now = nanoTime.getAsLong();
        if (known.isEmpty() || now - knownSinceNanos >= TRUSTED_NANOS) {
            known = new Int2IntOpenHashMap();
            knownSinceNanos = now;
        }
        Int2IntOpenHashMap there = new Int2IntOpenHashMap();
        Int2IntOpenHashMap numbers = new Int2IntOpenHashMap();
        try (DirectoryStream<Path> tasks = Files.newDirectoryStream(taskFolder)) {
            for (Path task : tasks) {
                if (numbers.size() >= JavaThreads.MAX_THREADS) {
                    break;
                }
                int outside = Integer.parseInt(task.getFileName().toString());
                int before = known.get(outside);
                int inside = before == 0 ? innermost(task) : before;
                if (inside > 0) {
                    there.put(outside, inside);
                    numbers.put(inside, outside);
                }
            }
            known = there;
        } catch (IOException | DirectoryIteratorException | NumberFormatException e) {
            // The process has ended: there is nobody to name.
            return numbers;
        }
        return numbers;
    }

    /** The last number of the line is that in the innermost namespace (proc_pid_status(5)); 0 where the thread has ended. */
    private static int innermost(Path task) {
        try (BufferedReader lines = Files.newBufferedReader(task.resolve("status"), StandardCharsets.ISO_8859_1)) {
            String line = lines.readLine();
            for (int i = 0; i < MAX_LINES && line != null; i++, line = lines.readLine()) {
                if (line.startsWith(LINE)) {
                    return Integer.parseInt(
                            line.substring(1 + Math.max(line.lastIndexOf('\t'), line.lastIndexOf(' '))));
                }
            }
            return 0;
        } catch (IOException | NumberFormatException e) {
            return 0;
        }
    }
}
