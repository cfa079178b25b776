package dev.sonde.server.store.duckdb;

import dev.sonde.server.store.StoreException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** The data folder: {@code VERSION}, {@code lock} and {@code days/2026-11-21.duckdb}. One process at a time. */
final class DataFolder implements AutoCloseable {

    /** Version of the layout; to be raised when a server of before could not read it. */
    static final int VERSION = 1;

    private static final String SUFFIX = ".duckdb";

    /** What a broken day's files have behind the suffix, with a number. */
    private static final String BROKEN = ".broken-";

    private final Path root;
    private final Path days;
    private final FileChannel lockChannel;

    private DataFolder(Path root, FileChannel lockChannel) {
        this.root = root;
        this.days = root.resolve("days");
        this.lockChannel = lockChannel;
    }

    /** Takes a folder for this process, making it when there is none. */
    static DataFolder open(Path root) throws StoreException {
        FileChannel lockChannel = null;
        try {
            Files.createDirectories(root.resolve("days"));
            lockChannel = lock(root);
            checkVersion(root.resolve("VERSION"));
            return new DataFolder(root, lockChannel);
        } catch (IOException e) {
            closeAfter(lockChannel, e);
            throw new StoreException(
                    StoreException.Reason.FOLDER,
                    "data folder " + root + ": " + e + " (expected: a writable folder)",
                    e);
        } catch (StoreException e) {
            closeAfter(lockChannel, e);
            throw e;
        }
    }

    private static void closeAfter(FileChannel channel, Exception cause) {
        if (channel != null) {
            try {
                channel.close();
            } catch (IOException e) {
                cause.addSuppressed(e);
            }
        }
    }

    private static FileChannel lock(Path root) throws IOException, StoreException {
        FileChannel channel =
                FileChannel.open(root.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock;
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException e) {
            lock = null;
        }
        if (lock == null) {
            channel.close();
            throw new StoreException(
                    StoreException.Reason.FOLDER,
                    "data folder " + root + ": in use by another server (expected: one server a folder)");
        }
        return channel;
    }

    private static void checkVersion(Path file) throws IOException, StoreException {
        String text;
        try {
            text = Files.readString(file, StandardCharsets.UTF_8).trim();
        } catch (NoSuchFileException e) {
            writeVersion(file);
            return;
        }
        int version;
        try {
            version = Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new StoreException(
                    StoreException.Reason.FOLDER,
                    file + ": '" + text + "' (expected: a number, such as " + VERSION + ")",
                    e);
        }
        if (version != VERSION) {
            throw new StoreException(
                    StoreException.Reason.FOLDER,
                    "data folder " + file.getParent() + ": layout version " + version + " (expected: " + VERSION
                            + "; a " + (version > VERSION ? "newer" : "older") + " server wrote it)");
        }
    }

    /** Whole or not at all, so that a kill in between leaves no empty file. */
    private static void writeVersion(Path file) throws IOException {
        Path temporary = file.resolveSibling("VERSION.tmp");
        try (FileChannel channel = FileChannel.open(
                temporary, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            channel.write(StandardCharsets.UTF_8.encode(VERSION + "\n"));
            channel.force(true);
        }
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /** The days that have a file. */
    Set<LocalDate> days() throws IOException {
        Set<LocalDate> dates = new HashSet<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(days, "*" + SUFFIX)) {
            for (Path file : files) {
                String name = file.getFileName().toString();
                date(name.substring(0, name.length() - SUFFIX.length())).ifPresent(dates::add);
            }
        }
        return dates;
    }

    private static Optional<LocalDate> date(String text) {
        try {
            return Optional.of(LocalDate.parse(text));
        } catch (DateTimeParseException e) {
            // Not one of ours, so not ours to touch.
            return Optional.empty();
        }
    }

    Path file(LocalDate date) {
        return days.resolve(date + SUFFIX);
    }

    /** Deletes a day's files; returns their bytes. The day must be closed. */
    long delete(LocalDate date) throws IOException {
        long bytes = 0;
        // The write-ahead log last: without its database it is ignored, but a database without its log has lost rows.
        for (String suffix : new String[] {SUFFIX, SUFFIX + ".wal"}) {
            Path file = days.resolve(date + suffix);
            if (Files.exists(file)) {
                bytes += Files.size(file);
                Files.delete(file);
            }
        }
        return bytes + deleteTree(days.resolve(date + SUFFIX + ".tmp"));
    }

    /**
     * Moves a day's files out of the way, to the first free {@code .broken-N}; returns the new name. The write-ahead log
     * keeps the name that belongs to its database, so that DuckDB finds it there. The day must be closed.
     */
    Path setAside(LocalDate date) throws IOException {
        int number = 1;
        while (Files.exists(broken(date, number, "")) || Files.exists(broken(date, number, ".wal"))) {
            number++;
        }
        Path log = days.resolve(date + SUFFIX + ".wal");
        // The log first: after a kill in between, it must not meet the database that is made next.
        if (Files.exists(log)) {
            Files.move(log, broken(date, number, ".wal"), StandardCopyOption.ATOMIC_MOVE);
        }
        Path aside = broken(date, number, "");
        Files.move(file(date), aside, StandardCopyOption.ATOMIC_MOVE);
        return aside;
    }

    private Path broken(LocalDate date, int number, String suffix) {
        return days.resolve(date + SUFFIX + BROKEN + number + suffix);
    }

    /** Deletes the broken days before a date; returns their bytes. */
    long deleteBroken(LocalDate before) throws IOException {
        long bytes = 0;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(days, "*" + SUFFIX + BROKEN + "*")) {
            for (Path file : files) {
                String name = file.getFileName().toString();
                Optional<LocalDate> date = date(name.substring(0, name.indexOf(SUFFIX)));
                if (date.isPresent() && date.get().isBefore(before) && Files.isRegularFile(file)) {
                    bytes += Files.size(file);
                    Files.delete(file);
                }
            }
        }
        return bytes;
    }

    /** Deletes the folder that DuckDB spills into. */
    private static long deleteTree(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return 0;
        }
        long[] bytes = new long[1];
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                bytes[0] += attributes.size();
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, IOException e) throws IOException {
                Files.delete(directory);
                return FileVisitResult.CONTINUE;
            }
        });
        return bytes[0];
    }

    /** Bytes of all days on disk. */
    long diskBytes() throws IOException {
        long bytes = 0;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(days)) {
            for (Path file : files) {
                bytes += Files.isRegularFile(file) ? Files.size(file) : 0;
            }
        } catch (NoSuchFileException e) {
            // A day was dropped meanwhile; the next look counts again.
            return bytes;
        }
        return bytes;
    }

    Path root() {
        return root;
    }

    @Override
    public void close() throws IOException {
        // Closing gives the lock back.
        lockChannel.close();
    }
}
