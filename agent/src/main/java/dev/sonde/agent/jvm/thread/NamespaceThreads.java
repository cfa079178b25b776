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

/**
 * From the numbers that a process in a pid namespace of its own (pid_namespaces(7)) gives its threads to those that samples
 * have.
 */
public final class NamespaceThreads {

    private static final String LINE = "NSpid:";

    /** It stands among the first twenty. */
    private static final int MAX_LINES = 64;

    private final Path proc;
    private final Path process;

    /**
     * @param proc where procfs is mounted
     * @param pid the process as samples have it, or a thread of it
     */
    public NamespaceThreads(Path proc, int pid) {
        this.proc = proc;
        this.process = proc.resolve(Integer.toString(pid));
    }

    /** The threads with the numbers that samples have; those that cannot be found are left out. */
    public List<JavaThread> outside(List<JavaThread> threads) {
        if (threads.isEmpty() || !isInOwnNamespace()) {
            return threads;
        }
        Int2IntMap numbers = numbers();
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
    private boolean isInOwnNamespace() {
        try {
            Path own = Files.readSymbolicLink(proc.resolve("self/ns/pid"));
            return !own.equals(Files.readSymbolicLink(process.resolve("ns/pid")));
        } catch (IOException e) {
            return false;
        }
    }

    private Int2IntMap numbers() {
        Int2IntOpenHashMap numbers = new Int2IntOpenHashMap();
        try (DirectoryStream<Path> tasks = Files.newDirectoryStream(process.resolve("task"))) {
            for (Path task : tasks) {
                if (numbers.size() >= JavaThreads.MAX_THREADS) {
                    break;
                }
                int inside = innermost(task);
                if (inside > 0) {
                    numbers.put(inside, Integer.parseInt(task.getFileName().toString()));
                }
            }
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
