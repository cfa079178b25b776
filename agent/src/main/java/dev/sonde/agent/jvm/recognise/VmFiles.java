package dev.sonde.agent.jvm.recognise;

import dev.sonde.agent.mapping.ExecutableFiles;
import dev.sonde.agent.mapping.Mapping;
import dev.sonde.symbolizer.elf.ElfException;
import dev.sonde.symbolizer.elf.ElfFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** What is known of files: each is looked into once, however many processes map it. One thread at a time. */
public final class VmFiles {

    /** Files with code on a busy machine, some 200 bytes each; the least recently met goes first. */
    private static final int MAX_FILES = 8192;

    private final Path proc;
    private final Map<Key, VmKind> kinds = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, VmKind> eldest) {
            return size() > MAX_FILES;
        }
    };

    /** An upgrade is another file under the path: it has another inode while the old one is in use. */
    private record Key(long device, long inode, String path) {}

    /** @param proc where procfs is mounted */
    public VmFiles(Path proc) {
        this.proc = proc;
    }

    /**
     * The virtual machine in the file of a mapping.
     *
     * @param pid a thread of the process that has not ended
     */
    public VmKind kind(int pid, Mapping mapping) {
        Key key = new Key(mapping.device(), mapping.inode(), mapping.path());
        VmKind known = kinds.get(key);
        if (known != null) {
            return known;
        }
        for (Path path : ExecutableFiles.paths(proc, pid, mapping)) {
            try (ElfFile elf = ElfFile.open(path)) {
                return remember(key, VmKind.of(elf));
            } catch (ElfException e) {
                return remember(key, VmKind.NONE);
            } catch (IOException e) {
                // No right to the first path (proc_pid_map_files(5)), or no such name in the process's namespace.
            }
        }
        // The process may have ended before it was read: another one of the file is asked.
        return VmKind.NONE;
    }

    private VmKind remember(Key key, VmKind kind) {
        kinds.put(key, kind);
        return kind;
    }
}
