package dev.sonde.server.symbols;

import dev.sonde.model.BuildId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The debuginfo that is whole and checked, by build id, up to a number of bytes; the least recently used goes first. */
final class DebuginfoFiles {

    private static final Logger LOG = LoggerFactory.getLogger(DebuginfoFiles.class);

    /** How exactly the time of last use is kept on disk, where it orders files after a restart. */
    private static final Duration TOUCH_INTERVAL = Duration.ofHours(1);

    private final SymbolFolder folder;
    private final long maxBytes;
    private final Clock clock;
    /** Least recently used first. */
    private final Map<String, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);

    private long bytes;

    private record Entry(String buildId, long sizeBytes, Instant touched) {}

    private DebuginfoFiles(SymbolFolder folder, long maxBytes, Clock clock) {
        this.folder = folder;
        this.maxBytes = maxBytes;
        this.clock = clock;
    }

    /** The files of a folder. */
    static DebuginfoFiles open(SymbolFolder folder, long maxBytes, Clock clock) throws IOException {
        DebuginfoFiles files = new DebuginfoFiles(folder, maxBytes, clock);
        List<Entry> found = new ArrayList<>();
        try (Stream<Path> paths = Files.walk(folder.debuginfo(), 2)) {
            for (Path path : (Iterable<Path>) paths::iterator) {
                String name = path.getFileName().toString();
                if (Files.isRegularFile(path) && BuildId.isValid(name)) {
                    found.add(new Entry(
                            name,
                            Files.size(path),
                            Files.getLastModifiedTime(path).toInstant()));
                }
            }
        }
        found.sort(Comparator.comparing(Entry::touched));
        for (Entry entry : found) {
            files.entries.put(entry.buildId(), entry);
            files.bytes += entry.sizeBytes();
        }
        return files;
    }

    /** Whether there is debuginfo of a build id; asking is no use of it. */
    synchronized boolean contains(String buildId) {
        return entries.containsKey(buildId);
    }

    /** The file of a build id, now used. It may be gone by the time it is opened. */
    synchronized Optional<Path> use(String buildId) {
        Entry entry = entries.get(buildId);
        if (entry == null) {
            return Optional.empty();
        }
        Path path = folder.debuginfo(buildId);
        Instant now = clock.instant();
        if (Duration.between(entry.touched(), now).compareTo(TOUCH_INTERVAL) > 0) {
            touch(path, now);
            entries.put(buildId, new Entry(buildId, entry.sizeBytes(), now));
        }
        return Optional.of(path);
    }

    private static void touch(Path path, Instant now) {
        try {
            Files.setLastModifiedTime(path, FileTime.from(now));
        } catch (IOException e) {
            LOG.warn("cannot note the use of {}", path, e);
        }
    }

    /** Takes a checked file in; it is durable once this returns. */
    synchronized void add(String buildId, Path checked) throws IOException {
        long size = Files.size(checked);
        makeRoom(size);
        SymbolFolder.moveDurably(checked, folder.debuginfo(buildId));
        Entry replaced = entries.put(buildId, new Entry(buildId, size, clock.instant()));
        bytes += size - (replaced == null ? 0 : replaced.sizeBytes());
    }

    /** Forgets a file that turned out not to be usable. */
    synchronized void drop(String buildId) throws IOException {
        Entry entry = entries.remove(buildId);
        if (entry != null) {
            bytes -= entry.sizeBytes();
            Files.deleteIfExists(folder.debuginfo(buildId));
        }
    }

    private void makeRoom(long size) throws IOException {
        Iterator<Entry> oldest = entries.values().iterator();
        while (bytes + size > maxBytes && oldest.hasNext()) {
            Entry entry = oldest.next();
            oldest.remove();
            bytes -= entry.sizeBytes();
            Files.deleteIfExists(folder.debuginfo(entry.buildId()));
        }
    }

    /** Bytes of all files. */
    synchronized long sizeBytes() {
        return bytes;
    }

    /** How many files there are. */
    synchronized int count() {
        return entries.size();
    }
}
