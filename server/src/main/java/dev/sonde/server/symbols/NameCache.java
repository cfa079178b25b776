package dev.sonde.server.symbols;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** The names of all build ids: those used last in memory, all on disk, both bounded. */
final class NameCache {

    /** Build ids in memory: the programs and libraries of a fleet; others are read from disk when asked. */
    private static final int MAX_BUILDS = 4096;

    /** Build ids that are remembered to have nothing: it saves a look at the disk for each of their addresses. */
    private static final int MAX_UNKNOWN = 16_384;

    private final SymbolFolder folder;
    private final DebuginfoFiles debuginfo;
    private final Naming naming;
    private final SymbolLimits limits;
    /** Least recently used first. */
    private final Map<String, BuildNames> byBuildId = new LinkedHashMap<>(16, 0.75f, true);
    /** Without names or debuginfo; none of them is in {@link #byBuildId}. */
    private final Set<String> unknown = new HashSet<>();

    NameCache(SymbolFolder folder, DebuginfoFiles debuginfo, Naming naming, SymbolLimits limits) {
        this.folder = folder;
        this.debuginfo = debuginfo;
        this.naming = naming;
        this.limits = limits;
    }

    /** The names of a build id; empty where there are neither names nor debuginfo to find them in. */
    synchronized Optional<BuildNames> of(String buildId) {
        BuildNames names = byBuildId.get(buildId);
        if (names != null) {
            return Optional.of(names);
        }
        if (unknown.contains(buildId)) {
            return Optional.empty();
        }
        if (!debuginfo.contains(buildId) && !Files.exists(folder.names(buildId))) {
            if (unknown.size() >= MAX_UNKNOWN) {
                unknown.clear();
            }
            unknown.add(buildId);
            return Optional.empty();
        }
        names = BuildNames.read(new NameFile(folder.names(buildId)), naming, limits.maxNamesInMemory());
        byBuildId.put(buildId, names);
        trimMemory();
        return Optional.of(names);
    }

    /** Lets go of those least recently used, down to the bounds; their new names go to disk first. */
    private void trimMemory() {
        long size = 0;
        for (BuildNames names : byBuildId.values()) {
            size += names.size();
        }
        Iterator<BuildNames> oldest = byBuildId.values().iterator();
        while ((size > limits.maxNamesInMemory() || byBuildId.size() > MAX_BUILDS) && byBuildId.size() > 1) {
            BuildNames names = oldest.next();
            names.flush();
            size -= names.size();
            oldest.remove();
        }
    }

    /** Build ids in memory. */
    synchronized int builds() {
        return byBuildId.size();
    }

    /** Forgets what had no name in a build id. */
    synchronized void forgetUnnamed(String buildId) {
        unknown.remove(buildId);
        BuildNames names = byBuildId.get(buildId);
        if (names != null) {
            names.forgetUnnamed();
        }
    }

    /** Writes new names to disk and lets go of those least recently used, down to the bounds. */
    synchronized void flush() throws IOException {
        byBuildId.values().forEach(BuildNames::flush);
        trimMemory();
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
