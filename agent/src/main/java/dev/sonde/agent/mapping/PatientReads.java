package dev.sonde.agent.mapping;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Reads files of file systems that may never answer, a network's or a program's, on threads of its own and waits for each
 * a moment only. A file system that did not answer is left alone until it does. Those on local devices are read at once,
 * on the caller's thread. Safe for use by several threads.
 */
final class PatientReads {

    /** Samples wait in the ring buffer meanwhile; a disk beyond a network answers in some milliseconds. */
    private static final Duration PATIENCE = Duration.ofMillis(200);

    /** Threads that wait for ever, each for another file system. */
    private static final int MAX_HUNG = 8;

    /** Mounts come and go. */
    private static final long MOUNTS_AGE_NANOS = 30_000_000_000L;

    /** Devices looked up; machines with many containers have some thousand mounts. */
    private static final int MAX_MOUNTS = 1 << 16;

    /**
     * What is in memory or on a device of this machine, among those without a device number of their own. All others are
     * waited for, those not known among them (Documentation/filesystems).
     */
    private static final Set<String> LOCAL =
            Set.of("btrfs", "bcachefs", "devtmpfs", "overlay", "proc", "ramfs", "rootfs", "sysfs", "tmpfs", "zfs");

    /**
     * The kernel's own tmpfs, of memfd_create(2) and shared memory, which is in no mount table: the first that is mounted
     * at all (mnt_init() in fs/namespace.c).
     */
    private static final long KERNEL_MEMORY = Mapping.device(0, 1);

    private final Path mountInfo;
    private final ExecutorService threads = Executors.newCachedThreadPool(
            Thread.ofPlatform().name("files-", 1).daemon().factory());
    private final Map<Long, Future<?>> hung = new HashMap<>();
    private Set<Long> local = Set.of();
    private long mountsReadNanos;

    /** @param proc where procfs is mounted */
    PatientReads(Path proc) {
        this.mountInfo = proc.resolve("self/mountinfo");
        this.mountsReadNanos = System.nanoTime() - MOUNTS_AGE_NANOS;
    }

    /**
     * Reads something of a file system.
     *
     * @param device as {@link Mapping#device} packs it; 0 where it is not known, and read at once
     * @throws IOException as the reading does, or because the file system does not answer
     */
    <T> T read(long device, Callable<T> reading) throws IOException {
        return read(device, PATIENCE, reading);
    }

    /** As above, for whoever can wait for so long. */
    <T> T read(long device, Duration patience, Callable<T> reading) throws IOException {
        if (isLocal(device)) {
            return call(reading);
        }
        Future<T> answer;
        synchronized (this) {
            hung.values().removeIf(Future::isDone);
            if (hung.containsKey(device) || hung.size() >= MAX_HUNG) {
                throw new IOException("file system " + text(device) + ": does not answer");
            }
            answer = threads.submit(reading);
        }
        return await(device, patience, answer);
    }

    private <T> T await(long device, Duration patience, Future<T> answer) throws IOException {
        try {
            return answer.get(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            synchronized (this) {
                hung.put(device, answer);
            }
            throw new IOException("file system " + text(device) + ": no answer in " + patience.toMillis() + " ms", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException failure ? failure : new IOException(e.getCause());
        } catch (CancellationException e) {
            throw new IOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    private static <T> T call(Callable<T> reading) throws IOException {
        try {
            return reading.call();
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException(e);
        }
    }

    /** A device with a number of its own is a disk; the others have major number 0. */
    boolean isLocal(long device) {
        return device >>> 32 != 0 || device == 0 || device == KERNEL_MEMORY || isMountedLocally(device);
    }

    private synchronized boolean isMountedLocally(long device) {
        long now = System.nanoTime();
        if (!local.contains(device) && now - mountsReadNanos >= MOUNTS_AGE_NANOS) {
            mountsReadNanos = now;
            local = readMounts();
        }
        return local.contains(device);
    }

    /** Lines {@code 36 35 0:42 /root /mount options - type source options} (proc_pid_mountinfo(5)). Touches no mount. */
    private Set<Long> readMounts() {
        Set<Long> devices = new HashSet<>();
        try (var lines = Files.lines(mountInfo, StandardCharsets.ISO_8859_1)) {
            lines.limit(MAX_MOUNTS).forEach(line -> {
                String[] fields = line.split(" ", 4);
                int type = line.indexOf(" - ");
                if (fields.length == 4
                        && type >= 0
                        && LOCAL.contains(line.substring(type + 3).split(" ", 2)[0])) {
                    add(fields[2], devices);
                }
            });
        } catch (IOException e) {
            // None is known to be local, then: all are waited for.
            return Set.of();
        }
        return devices;
    }

    private static void add(String device, Set<Long> to) {
        int colon = device.indexOf(':');
        try {
            to.add(Mapping.device(
                    Integer.parseInt(device, 0, colon, 10), Integer.parseInt(device, colon + 1, device.length(), 10)));
        } catch (NumberFormatException | IndexOutOfBoundsException e) {
            // Not of the documented form: not known to be local.
        }
    }

    private static String text(long device) {
        return (device >>> 32) + ":" + (int) device;
    }
}
