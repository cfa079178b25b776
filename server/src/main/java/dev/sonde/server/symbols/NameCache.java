package dev.sonde.server.symbols;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The names of all build ids: those used last in memory, all on disk, both bounded. */
final class NameCache {

    private final SymbolFolder folder;
    private final Naming naming;
    private final SymbolLimits limits;
    /** Least recently used first. */
    private final Map<String, BuildNames> byBuildId = new LinkedHashMap<>(16, 0.75f, true);

    NameCache(SymbolFolder folder, Naming naming, SymbolLimits limits) {
        this.folder = folder;
        this.naming = naming;
        this.limits = limits;
    }

    /** The names of a build id. */
    synchronized BuildNames of(String buildId) {
        BuildNames names = byBuildId.get(buildId);
        if (names == null) {
            names = BuildNames.read(new NameFile(folder.names(buildId)), naming, limits.maxNamesInMemory());
            byBuildId.put(buildId, names);
        }
        return names;
    }

    /** Forgets what had no name in a build id. */
    synchronized void forgetUnnamed(String buildId) {
        BuildNames names = byBuildId.get(buildId);
        if (names != null) {
            names.forgetUnnamed();
        }
    }

    /** Writes new names to disk and lets go of those least recently used, down to the bounds. */
    synchronized void flush() throws IOException {
        long size = 0;
        for (BuildNames names : byBuildId.values()) {
            names.flush();
            size += names.size();
        }
        Iterator<BuildNames> oldest = byBuildId.values().iterator();
        while (size > limits.maxNamesInMemory() && oldest.hasNext()) {
            size -= oldest.next().size();
            oldest.remove();
        }
    }

    /** Removes the files last added to longest ago, down to the bound. */
    synchronized void trimDisk() throws IOException {
        record NamesFile(Path path, long sizeBytes, long modified) {}
        List<NamesFile> files = new ArrayList<>();
        try (Stream<Path> paths = Files.walk(folder.names(), 2)) {
            for (Path path : (Iterable<Path>) paths::iterator) {
                if (Files.isRegularFile(path)) {
                    files.add(new NamesFile(
                            path,
                            Files.size(path),
                            Files.getLastModifiedTime(path).toMillis()));
                }
            }
        }
        files.sort(Comparator.comparingLong(NamesFile::modified));
        long bytes = files.stream().mapToLong(NamesFile::sizeBytes).sum();
        for (NamesFile file : files) {
            if (bytes <= limits.maxNamesBytes()) {
                break;
            }
            Files.deleteIfExists(file.path());
            byBuildId.remove(file.path().getFileName().toString());
            bytes -= file.sizeBytes();
        }
    }
}
