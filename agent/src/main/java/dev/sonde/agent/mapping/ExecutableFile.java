package dev.sonde.agent.mapping;

import dev.sonde.model.BuildId;
import dev.sonde.symbolizer.elf.LoadSegment;
import java.nio.file.Path;
import java.util.List;

/**
 * A file whose code runs, known by its contents. Two are equal when they have the same build id and path, however often
 * they were read.
 */
public final class ExecutableFile {

    private final String path;
    private final BuildId buildId;
    private final List<LoadSegment> segments;
    private final FileKey key;
    private volatile Path lastOpenedAt;

    ExecutableFile(String path, ElfReader.Headers headers, FileKey key, Path openedAt) {
        this.path = path;
        this.buildId = headers.buildId();
        this.segments = headers.segments();
        this.key = key;
        this.lastOpenedAt = openedAt;
    }

    /** The path by which the process that was seen first knows it: of its mount namespace, not of the agent's. */
    public String path() {
        return path;
    }

    /** The identity of the contents. */
    public BuildId buildId() {
        return buildId;
    }

    /** The load segments; empty for what is no well-formed ELF. */
    public List<LoadSegment> segments() {
        return segments;
    }

    /** The length in bytes when it was read. */
    public long sizeBytes() {
        return key.sizeBytes();
    }

    /** The load segment that holds a place in the file, or null. Allocates nothing. */
    public LoadSegment segmentOf(long fileOffset) {
        for (int i = 0; i < segments.size(); i++) {
            LoadSegment segment = segments.get(i);
            if (segment.containsOffset(fileOffset)) {
                return segment;
            }
        }
        return null;
    }

    FileKey key() {
        return key;
    }

    Path lastOpenedAt() {
        return lastOpenedAt;
    }

    void seenAt(Path where) {
        lastOpenedAt = where;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ExecutableFile that && buildId.equals(that.buildId) && path.equals(that.path);
    }

    @Override
    public int hashCode() {
        return 31 * buildId.hashCode() + path.hashCode();
    }

    @Override
    public String toString() {
        return path + " (build id " + buildId.hex() + ")";
    }
}
