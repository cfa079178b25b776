package dev.sonde.bench.harness;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What the kernel says a process has used (man 5 proc). */
public final class ProcessUsage {

    /** USER_HZ, which the kernel ABI fixes at 100 on x86. */
    private static final int TICKS_PER_SECOND = 100;

    private static final int UTIME_AFTER_COMM = 11;

    private final long pid;

    public ProcessUsage(long pid) {
        this.pid = pid;
    }

    /** CPU time, user and system, of all its threads; 10 ms steps. */
    public Duration cpu() throws IOException {
        String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        long ticks = Long.parseLong(fields[UTIME_AFTER_COMM]) + Long.parseLong(fields[UTIME_AFTER_COMM + 1]);
        return Duration.ofMillis(ticks * 1000 / TICKS_PER_SECOND);
    }

    /** CPU time of its threads by their names, of which the kernel keeps 15 characters (proc_pid_schedstat). */
    public Map<String, Duration> cpuByThread() throws IOException {
        Map<String, Duration> cpu = new TreeMap<>();
        try (DirectoryStream<Path> tasks = Files.newDirectoryStream(Path.of("/proc/" + pid + "/task"))) {
            for (Path task : tasks) {
                add(task, cpu);
            }
        }
        return cpu;
    }

    private static void add(Path task, Map<String, Duration> cpu) throws IOException {
        try {
            String nanos = Files.readString(task.resolve("schedstat")).split(" ", -1)[0];
            cpu.merge(
                    Files.readString(task.resolve("comm")).strip(),
                    Duration.ofNanos(Long.parseLong(nanos)),
                    Duration::plus);
        } catch (NoSuchFileException e) {
            // The thread has ended.
        }
    }

    /** Resident memory in bytes. */
    public long residentBytes() throws IOException {
        return kilobytes(Files.readAllLines(Path.of("/proc/" + pid + "/status")), "VmRSS:") * 1024;
    }

    /** The highest resident memory so far, in bytes. */
    public long peakResidentBytes() throws IOException {
        return kilobytes(Files.readAllLines(Path.of("/proc/" + pid + "/status")), "VmHWM:") * 1024;
    }

    private static long kilobytes(List<String> lines, String key) throws IOException {
        for (String line : lines) {
            if (line.startsWith(key)) {
                return Long.parseLong(
                        line.substring(key.length()).replace("kB", "").trim());
            }
        }
        throw new IOException("no line " + key);
    }
}
