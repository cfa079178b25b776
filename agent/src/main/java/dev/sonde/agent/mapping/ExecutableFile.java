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
    private final boolean elf;
    private final List<LoadSegment> segments;
    private final FileKey key;
    private volatile Path lastOpenedAt;

    ExecutableFile(String path, ElfReader.Headers headers, FileKey key, Path openedAt) {
        this.path = path;
        this.buildId = headers.buildId();
        this.elf = !headers.segments().isEmpty();
        this.segments = elf ? headers.segments() : List.of(new LoadSegment(0, 0, key.sizeBytes(), key.sizeBytes(), 0));
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

    /** Whether it is a well-formed ELF file with load segments: only then it has addresses and symbols. */
    public boolean isElf() {
        return elf;
    }

    /** The load segments. What is no ELF has one from 0 to its end, so that its frames are told apart by file offset. */
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
