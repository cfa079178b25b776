package dev.sonde.agent.ship;

import dev.sonde.agent.count.Counts;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A queue of batches in a directory, oldest first, which outlives the process. Bounded: the oldest batch is dropped to
 * make room for a new one, except while it is being sent. A batch that fails can be put behind the others for a while.
 * Where the disk cannot be written, batches wait in a little memory instead. Safe for one writer and one reader.
 */
public final class Spool implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Spool.class);

    private static final String BATCH = ".batch";
    private static final String TEMPORARY = ".tmp";
    private static final String CORRUPT = ".corrupt";

    /** No batch is larger: what would be is damage. The shipper's batches end at a quarter of it. */
    static final int MAX_PAYLOAD_BYTES = 64 << 20;

    /** Damaged files kept for whoever wants to know. */
    private static final int MAX_CORRUPT = 8;

    /** A few windows of a busy machine. */
    private static final long MAX_MEMORY_BYTES = 4 << 20;

    private final Path directory;
    private final long maxBytes;
    private final Counts<ShipDrop> drops;
    private final Counts<ShipEvent> events;
    private final FileChannel lockFile;

    private final Deque<Batch> batches = new ArrayDeque<>();

    /** Put behind the others. All are older than those in the queue, from whose head they came. */
    private final Deque<Batch> deferred = new ArrayDeque<>();

    private long nextSequence;
    private long bytes;
    private long memoryBytes;
    private Batch taken;
    private boolean unwritableLogged;

    /** A batch in the queue: in its file, or where that could not be written, in memory. */
    static final class Batch {
        private final Path file;
        private final long sizeBytes;
        private final byte[] memory;
        private final Instant created;
        private final long dueNanos;
        private final boolean deferred;

        private Batch(Path file, long sizeBytes, byte[] memory, Instant created) {
            this(file, sizeBytes, memory, created, 0, false);
        }

        private Batch(Path file, long sizeBytes, byte[] memory, Instant created, long dueNanos, boolean deferred) {
            this.file = file;
            this.sizeBytes = sizeBytes;
            this.memory = memory;
            this.created = created;
            this.dueNanos = dueNanos;
            this.deferred = deferred;
        }

        /** When it was made; a restart does not make it younger. */
        Instant created() {
            return created;
        }

        /** Whether it was put behind the others before. */
        boolean isDeferred() {
            return deferred;
        }
    }

    private Spool(
            Path directory, long maxBytes, FileChannel lockFile, Counts<ShipDrop> drops, Counts<ShipEvent> events) {
        this.directory = directory;
        this.maxBytes = maxBytes;
        this.lockFile = lockFile;
        this.drops = drops;
        this.events = events;
    }

    /**
     * Opens a spool and finds the batches that an earlier process left.
     *
     * @param directory is made where it is missing
     * @param maxBytes on disk
     * @throws IOException when the directory cannot be used, or another process uses it
     */
    public static Spool open(Path directory, long maxBytes, Counts<ShipDrop> drops, Counts<ShipEvent> events)
            throws IOException {
        Files.createDirectories(directory);
        FileChannel lockFile = lock(directory);
        try {
            Spool spool = new Spool(directory, maxBytes, lockFile, drops, events);
            spool.load();
            return spool;
        } catch (IOException | RuntimeException e) {
            lockFile.close();
            throw e;
        }
    }

    private static FileChannel lock(Path directory) throws IOException {
        FileChannel channel =
                FileChannel.open(directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = null;
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException e) {
            // Held by this very process: as good as another's.
            lock = null;
        } finally {
            if (lock == null) {
                channel.close();
            }
        }
        if (lock == null) {
            throw new IOException("spool " + directory + " is used by another agent; give each its own by --spool");
        }
        return channel;
    }

    private synchronized void load() throws IOException {
        List<Path> files;
        try (Stream<Path> listed = Files.list(directory)) {
            files = listed.sorted().toList();
        }
        for (Path file : files) {
            String name = String.valueOf(file.getFileName());
            if (name.endsWith(TEMPORARY)) {
                Files.deleteIfExists(file);
            } else if (name.endsWith(BATCH)) {
                long size = Files.size(file);
                batches.addLast(new Batch(
                        file, size, null, Files.getLastModifiedTime(file).toInstant()));
                bytes += size;
                nextSequence = Math.max(nextSequence, sequence(name) + 1);
            }
        }
        makeRoom(0);
    }

    private static long sequence(String name) {
        try {
            return Long.parseLong(name.substring(0, name.length() - BATCH.length()), 16);
        } catch (NumberFormatException e) {
            // A stranger's file: it will be found corrupt when its turn comes.
            return 0;
        }
    }

    /** Adds a batch, which is on disk when this returns, or counted where it could not be. */
    public synchronized void append(byte[] payload) {
        long size = SpoolFile.sizeOnDisk(payload.length);
        if (size > maxBytes || payload.length > MAX_PAYLOAD_BYTES) {
            drops.increment(ShipDrop.TOO_LARGE);
            return;
        }
        makeRoom(size);
        String name = String.format("%016x", nextSequence++);
        Path file = directory.resolve(name + BATCH);
        try {
            SpoolFile.write(file, directory.resolve(name + TEMPORARY), payload);
            batches.addLast(new Batch(file, size, null, Instant.now()));
            bytes += size;
            unwritableLogged = false;
        } catch (IOException e) {
            // It may have its name and yet not be safe in it.
            SpoolFile.delete(file, e);
            keepInMemory(payload, e);
        }
        notifyAll();
    }

    private void keepInMemory(byte[] payload, IOException cause) {
        if (!unwritableLogged) {
            LOG.warn("spool {} cannot be written ({}); batches wait in memory", directory, cause.toString());
            unwritableLogged = true;
        }
        if (memoryBytes + payload.length > MAX_MEMORY_BYTES) {
            drops.increment(ShipDrop.SPOOL_UNWRITABLE);
            return;
        }
        events.increment(ShipEvent.KEPT_IN_MEMORY);
        batches.addLast(new Batch(null, payload.length, payload, Instant.now()));
        memoryBytes += payload.length;
    }

    private void makeRoom(long size) {
        makeRoom(size, deferred);
        makeRoom(size, batches);
    }

    private void makeRoom(long size, Deque<Batch> queue) {
        Iterator<Batch> oldest = queue.iterator();
        while (bytes + size > maxBytes && oldest.hasNext()) {
            Batch batch = oldest.next();
            if (batch == taken || batch.file == null) {
                continue;
            }
            oldest.remove();
            forget(batch);
            drops.increment(ShipDrop.SPOOL_FULL);
        }
    }

    /**
     * The oldest batch, else one that was deferred and is due. It stays in the queue and on disk until {@link #remove};
     * waits up to the timeout for one.
     */
    synchronized Optional<Batch> take(Duration timeout) throws InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        Batch next = next();
        while (next == null) {
            long now = System.nanoTime();
            long left = deadline - now;
            if (left <= 0) {
                return Optional.empty();
            }
            if (!deferred.isEmpty()) {
                // Never zero, which waits for ever.
                left = Math.max(1, Math.min(left, deferred.peekFirst().dueNanos - now));
            }
            wait(left / 1_000_000, (int) (left % 1_000_000));
            next = next();
        }
        taken = next;
        return Optional.of(taken);
    }

    private Batch next() {
        if (!batches.isEmpty()) {
            return batches.peekFirst();
        }
        Batch first = deferred.peekFirst();
        return first != null && System.nanoTime() - first.dueNanos >= 0 ? first : null;
    }

    /** Puts a batch that was taken behind all others, not to be taken again before the delay is over. */
    synchronized void defer(Batch batch, Duration delay) {
        defer(batch, batch.sizeBytes, batch.memory, delay);
    }

    /**
     * The same, for a batch of which only a part is left: the rest takes its place. Where the disk cannot be written, the
     * whole stays.
     */
    synchronized void deferRest(Batch batch, byte[] rest, Duration delay) {
        if (batch.file == null) {
            memoryBytes += rest.length - batch.sizeBytes;
            defer(batch, rest.length, rest, delay);
            return;
        }
        try {
            SpoolFile.write(batch.file, Path.of(batch.file + TEMPORARY), rest);
            Files.setLastModifiedTime(batch.file, FileTime.from(batch.created));
            long size = SpoolFile.sizeOnDisk(rest.length);
            bytes += size - batch.sizeBytes;
            defer(batch, size, null, delay);
        } catch (IOException e) {
            LOG.warn("batch {} cannot be written anew: {}", batch.file, e.toString());
            defer(batch, delay);
        }
    }

    private void defer(Batch batch, long size, byte[] memory, Duration delay) {
        taken = null;
        if (batches.remove(batch) || deferred.remove(batch)) {
            long due = System.nanoTime() + delay.toNanos();
            deferred.addLast(new Batch(batch.file, size, memory, batch.created, due, true));
        }
    }

    /**
     * The payload of a batch; empty when it was damaged or deleted, which puts it aside and counts it.
     *
     * @throws IOException when it cannot be read now, which says nothing about the batch
     */
    Optional<byte[]> read(Batch batch) throws IOException {
        if (batch.memory != null) {
            return Optional.of(batch.memory);
        }
        try {
            return Optional.of(SpoolFile.read(batch.file, MAX_PAYLOAD_BYTES));
        } catch (SpoolCorruptException | NoSuchFileException e) {
            LOG.warn("batch put aside: {}", e.toString());
            drops.increment(ShipDrop.SPOOL_CORRUPT);
            putAside(batch);
            return Optional.empty();
        }
    }

    /** Takes a batch out of the queue for good. */
    synchronized void remove(Batch batch) {
        if (batches.remove(batch) || deferred.remove(batch)) {
            forget(batch);
        }
        taken = null;
    }

    private void forget(Batch batch) {
        if (batch.file == null) {
            memoryBytes -= batch.sizeBytes;
            return;
        }
        bytes -= batch.sizeBytes;
        try {
            Files.deleteIfExists(batch.file);
        } catch (IOException e) {
            LOG.warn("batch {} cannot be deleted: {}", batch.file, e.toString());
        }
    }

    private synchronized void putAside(Batch batch) {
        try {
            String name = String.valueOf(batch.file.getFileName());
            Files.move(
                    batch.file,
                    batch.file.resolveSibling(name.replace(BATCH, CORRUPT)),
                    StandardCopyOption.REPLACE_EXISTING);
            trimCorrupt();
        } catch (NoSuchFileException e) {
            LOG.warn("batch {} was deleted by somebody else", batch.file);
        } catch (IOException e) {
            LOG.warn("batch {} cannot be put aside: {}", batch.file, e.toString());
        }
        remove(batch);
    }

    private void trimCorrupt() throws IOException {
        try (Stream<Path> listed = Files.list(directory)) {
            List<Path> corrupt = listed.filter(file -> file.toString().endsWith(CORRUPT))
                    .sorted()
                    .toList();
            for (int i = 0; i < corrupt.size() - MAX_CORRUPT; i++) {
                Files.deleteIfExists(corrupt.get(i));
            }
        }
    }

    /** Where extracts and the like may be put for a while; temporary names are cleared at the next start. */
    public Path temporaryFile(String name) {
        return directory.resolve(name + TEMPORARY);
    }

    /** Bytes of batches that wait, on disk and in memory. */
    public synchronized long bytes() {
        return bytes + memoryBytes;
    }

    /** Batches that wait. */
    public synchronized int size() {
        return batches.size() + deferred.size();
    }

    /** Lets go of the directory; batches stay on disk, where those in memory are written or counted as dropped. */
    @Override
    public synchronized void close() throws IOException {
        if (!lockFile.isOpen()) {
            return;
        }
        List<byte[]> held = Stream.concat(deferred.stream(), batches.stream())
                .filter(batch -> batch.file == null)
                .map(batch -> batch.memory)
                .toList();
        batches.removeIf(batch -> batch.file == null);
        deferred.removeIf(batch -> batch.file == null);
        memoryBytes = 0;
        held.forEach(this::writeLast);
        lockFile.close();
    }

    private void writeLast(byte[] payload) {
        long size = SpoolFile.sizeOnDisk(payload.length);
        makeRoom(size);
        String name = String.format("%016x", nextSequence++);
        Path file = directory.resolve(name + BATCH);
        try {
            SpoolFile.write(file, directory.resolve(name + TEMPORARY), payload);
            batches.addLast(new Batch(file, size, null, Instant.now()));
            bytes += size;
        } catch (IOException e) {
            SpoolFile.delete(file, e);
            LOG.warn("batch dropped, which was in memory and cannot be written: {}", e.toString());
            drops.increment(ShipDrop.SPOOL_UNWRITABLE);
        }
    }
}
