package dev.sonde.agent.record;

import dev.sonde.agent.mapping.ExecutableFile;
import dev.sonde.agent.mapping.ExecutableFiles;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Maps each file when it is first seen, so that it can still be read for names when its process is gone and the file
 * deleted, as what {@code go run} builds. Mapping reads nothing.
 */
final class HeldFiles implements Consumer<ExecutableFile>, AutoCloseable {

    /** The kernel allows 65,530 mappings a process by default; no recording has so many files. */
    private static final int MAX_FILES = 4096;

    private final ExecutableFiles files;
    private final Arena arena = Arena.ofShared();
    private final Map<ExecutableFile, Optional<MemorySegment>> held = new HashMap<>();

    HeldFiles(ExecutableFiles files) {
        this.files = files;
    }

    @Override
    public void accept(ExecutableFile file) {
        if (held.get(file) == null && held.size() < MAX_FILES) {
            held.put(file, map(file));
        }
    }

    /** The file's bytes; empty when it could not be read. Valid until {@link #close}. */
    Optional<MemorySegment> bytes(ExecutableFile file) {
        return held.getOrDefault(file, Optional.empty());
    }

    private Optional<MemorySegment> map(ExecutableFile file) {
        Optional<Path> path = files.locate(file);
        if (path.isEmpty()) {
            return Optional.empty();
        }
        try (FileChannel channel = FileChannel.open(path.get(), StandardOpenOption.READ)) {
            return Optional.of(channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        arena.close();
    }
}
