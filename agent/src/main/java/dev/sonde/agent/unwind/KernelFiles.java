package dev.sonde.agent.unwind;

import dev.sonde.agent.kernel.code.FileId;
import dev.sonde.agent.mapping.ExecutableFile;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Files by what they are to the kernel: what a sample brings of a process that is gone. Bounded, the least recently used
 * goes first. Safe for use by several threads.
 */
final class KernelFiles {

    /** As many as the kernel has entries for. */
    private static final int MAX_FILES = 4096;

    private final Map<FileId, ExecutableFile> files = new LinkedHashMap<>(64, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<FileId, ExecutableFile> eldest) {
            return size() > MAX_FILES;
        }
    };

    synchronized void add(FileId id, ExecutableFile file) {
        files.put(id, file);
    }

    synchronized Optional<ExecutableFile> find(FileId id) {
        return Optional.ofNullable(files.get(id));
    }
}
