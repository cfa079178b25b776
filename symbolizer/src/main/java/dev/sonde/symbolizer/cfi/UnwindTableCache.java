package dev.sonde.symbolizer.cfi;

import dev.sonde.model.BuildId;
import dev.sonde.symbolizer.elf.BuildIds;
import dev.sonde.symbolizer.elf.ElfException;
import dev.sonde.symbolizer.elf.ElfFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Tables on disk, so that a file is read once however often the agent starts. A table that is damaged or of another
 * version is built anew; when the folder outgrows its bound, those used longest ago go. Any number of threads and
 * processes may share a folder.
 */
public final class UnwindTableCache {

    private static final String SUFFIX = ".unwind";
    private static final String PARTIAL = ".partial";

    private final Path folder;
    private final long maxBytes;

    /**
     * A cache in a folder, which is made where it is missing.
     *
     * @param maxBytes what the tables may take together
     */
    public UnwindTableCache(Path folder, long maxBytes) throws IOException {
        if (maxBytes < 0) {
            throw new IllegalArgumentException("maxBytes: " + maxBytes + " (expected: at least 0)");
        }
        this.folder = Files.createDirectories(folder);
        this.maxBytes = maxBytes;
    }

    /**
     * The table of a file, from the disk where it is there, else built and kept. The caller closes it.
     *
     * @throws ElfException as {@link UnwindTable#read}
     */
    public UnwindTable table(ElfFile file) throws IOException {
        String key = key(file);
        Path stored = folder.resolve(key + SUFFIX);
        try {
            UnwindTable known = StoredTable.open(stored, key);
            if (known != null) {
                // What was used last goes last.
                Files.setLastModifiedTime(stored, FileTime.from(Instant.now()));
                return known;
            }
        } catch (NoSuchFileException e) {
            // Seen for the first time.
        }
        return build(file, key, stored);
    }

    /**
     * The build id, and what the bytes themselves hash to: a build id is whatever a file says it is, and one must not
     * give another's callers.
     */
    private static String key(ElfFile file) throws IOException {
        BuildId content = BuildIds.contentHash(file);
        return BuildIds.of(file).hex() + "-" + content.hex().substring(0, 32);
    }

    private UnwindTable build(ElfFile file, String key, Path stored) throws IOException {
        Path partial = folder.resolve(key + "." + ProcessHandle.current().pid() + "."
                + Thread.currentThread().threadId() + PARTIAL);
        try {
            Files.deleteIfExists(partial);
            StoredTable.write(file, key, partial);
            // Whoever reads sees the old table or the new one, never a half.
            Files.move(partial, stored, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            UnwindTable table = StoredTable.open(stored, key);
            evict(stored);
            if (table != null) {
                return table;
            }
        } catch (ElfException e) {
            Files.deleteIfExists(partial);
            throw e;
        } catch (IOException e) {
            // A full or read-only disk must not cost the stacks.
            Files.deleteIfExists(partial);
        }
        return UnwindTable.read(file);
    }

    /** A stored table and what is asked of it. */
    private record Stored(Path path, long bytes, FileTime used) {}

    private void evict(Path newest) throws IOException {
        List<Stored> tables = new ArrayList<>();
        long total = 0;
        try (Stream<Path> files = Files.list(folder)) {
            for (Path path : (Iterable<Path>) files::iterator) {
                if (path.toString().endsWith(SUFFIX)) {
                    try {
                        tables.add(new Stored(path, Files.size(path), Files.getLastModifiedTime(path)));
                        total += tables.getLast().bytes();
                    } catch (NoSuchFileException e) {
                        // Another process evicted it.
                    }
                }
            }
        }
        tables.sort(Comparator.comparing(Stored::used));
        for (Stored table : tables) {
            // The one just built is in use: it stays even where it is larger than the bound.
            if (total > maxBytes && !table.path().equals(newest)) {
                Files.deleteIfExists(table.path());
                total -= table.bytes();
            }
        }
    }
}
