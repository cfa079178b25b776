package dev.sonde.agent.mapping;

import dev.sonde.agent.count.Counts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;

/**
 * The executable files seen, by {@link FileKey}: each is read once, however many processes map it. Holds a bounded
 * number, the least recently used goes first. Safe for use by several threads.
 */
public final class ExecutableFiles {

    private final Path proc;
    private final ElfReader reader;
    private final Counts<MappingEvent> counts;
    private final Map<FileKey, ExecutableFile> files;
    private final PatientReads patient;

    /**
     * @param proc where procfs is mounted
     * @param maxFiles the bound of the cache
     */
    public ExecutableFiles(Path proc, ElfReader reader, int maxFiles, Counts<MappingEvent> counts) {
        this.proc = proc;
        this.reader = reader;
        this.counts = counts;
        this.patient = new PatientReads(proc);
        this.files = new LinkedHashMap<>(64, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<FileKey, ExecutableFile> eldest) {
                if (size() <= maxFiles) {
                    return false;
                }
                counts.increment(MappingEvent.FILE_EVICTED);
                return true;
            }
        };
    }

    /**
     * The file that a process runs, by the link {@code /proc/PID/exe}, which also leads to deleted files.
     *
     * @param path what the process calls it
     * @param device of the file, as {@link Mapping#device} packs it; 0 when it is not known
     */
    public Optional<ExecutableFile> ofProcess(int pid, String path, long device) {
        Path link = proc.resolve(Integer.toString(pid)).resolve("exe");
        try {
            return patient.read(device, () -> read(link, path));
        } catch (IOException e) {
            counts.increment(MappingEvent.FILE_SYSTEM_SILENT);
            return Optional.empty();
        }
    }

    /**
     * The file behind one range of a process. map_files leads to the very file that is mapped, deleted or mounted over
     * or not, but needs CAP_CHECKPOINT_RESTORE or CAP_SYS_ADMIN (proc_pid_map_files(5)); without them /proc/PID/root
     * shows the process's own mount namespace.
     */
    Optional<ExecutableFile> ofMapping(int pid, Mapping mapping) {
        Path process = proc.resolve(Integer.toString(pid));
        Path mapped = mapFile(proc, pid, mapping.start(), mapping.end());
        try {
            return patient.read(mapping.device(), () -> {
                try {
                    return Optional.of(read(mapped, mapping.path(), FileKey.of(mapped)));
                } catch (IOException e) {
                    return ofPath(process, mapping);
                }
            });
        } catch (IOException e) {
            counts.increment(MappingEvent.FILE_SYSTEM_SILENT);
            return Optional.empty();
        }
    }

    /**
     * Where the file behind a range of a process can be opened.
     *
     * @param where a path of the agent's
     * @param path what the process calls it
     * @param byName whether {@code where} leads to what has the name now, for want of the right to open the very file
     */
    public record RangeFile(Path where, String path, boolean byName) {}

    /**
     * Finds the file behind a range that a process is known to have. What map_files leads to may be named to whoever may
     * read the process, but opened only with CAP_CHECKPOINT_RESTORE or CAP_SYS_ADMIN; then the name is tried below
     * /proc/PID/root, and the caller has to make sure that it is the same file.
     *
     * @param device of the file, as {@link Mapping#device} packs it
     * @throws IOException when the process or the range is gone, rights are missing, or the file system does not answer
     */
    public RangeFile locate(int pid, long start, long end, long device) throws IOException {
        int living = LivingThread.of(proc, pid).orElse(pid);
        Path mapped = mapFile(proc, living, start, end);
        String link = Files.readSymbolicLink(mapped).toString();
        // Printed behind the name of what has none any more (d_path() in fs/d_path.c).
        boolean deleted = link.endsWith(" (deleted)");
        String name = deleted ? link.substring(0, link.length() - " (deleted)".length()) : link;
        try {
            patient.read(device, () -> FileKey.of(mapped));
            return new RangeFile(mapped, name, false);
        } catch (IOException e) {
            if (!Files.exists(mapped, LinkOption.NOFOLLOW_LINKS)) {
                throw e; // The process has just ended; rights are not what is missing.
            }
            Optional<Path> named =
                    deleted ? Optional.empty() : path(proc.resolve(Integer.toString(living)) + "/root", name);
            return new RangeFile(named.orElseThrow(() -> e), name, true);
        }
    }

    /** Whether a process has a thread that has not ended. */
    public boolean lives(int pid) {
        return LivingThread.of(proc, pid).isPresent();
    }

    /**
     * Reads something of a file system that may never answer: then the reading goes on by itself, and nothing else is read
     * there until it has ended. Where the file system is this machine's, it is read on the caller's thread.
     *
     * @param device as {@link Mapping#device} packs it
     * @throws IOException as the reading does, or because the file system does not answer
     */
    public <T> T readPatiently(long device, Duration patience, Callable<T> reading) throws IOException {
        return patient.read(device, patience, reading);
    }

    /**
     * Whether a file system always answers: it is on a device of this machine or in its memory.
     *
     * @param device as {@link Mapping#device} packs it
     */
    public boolean alwaysAnswers(long device) {
        return patient.isLocal(device);
    }

    /**
     * Reads the file behind a range, which is remembered to be where it was found.
     *
     * @param opened a path of the agent's that leads to the file now, if not for long
     */
    public ExecutableFile ofRange(RangeFile range, Path opened) throws IOException {
        return read(opened, range.where(), range.path(), FileKey.of(opened));
    }

    /** Where the mapped file itself can be opened, deleted or mounted over or not (proc_pid_map_files(5)). */
    public static Path mapFile(Path proc, int pid, long start, long end) {
        return proc.resolve(Integer.toString(pid))
                .resolve("map_files")
                .resolve(Long.toHexString(start) + "-" + Long.toHexString(end));
    }

    /** Where the file of a mapping may be opened: the very file, then what has its name as the process sees it. */
    public static List<Path> paths(Path proc, int pid, Mapping mapping) {
        Path exact = mapFile(proc, pid, mapping.start(), mapping.end());
        return mapping.deleted() || !mapping.path().startsWith("/")
                ? List.of(exact)
                : List.of(exact, proc.resolve(Integer.toString(pid)).resolve("root" + mapping.path()));
    }

    private Optional<ExecutableFile> ofPath(Path process, Mapping mapping) {
        Optional<Path> path = mapping.deleted() ? Optional.empty() : path(process + "/root", mapping.path());
        try {
            if (path.isPresent()) {
                FileKey key = FileKey.of(path.get());
                // The device is not compared: btrfs shows another in maps than in stat.
                if (Files.getAttribute(path.get(), "unix:ino").equals(mapping.inode())) {
                    return Optional.of(read(path.get(), mapping.path(), key));
                }
            }
        } catch (IOException e) {
            // Counted below, as is another file of the name.
        }
        counts.increment(MappingEvent.FILE_UNREADABLE);
        return Optional.empty();
    }

    /**
     * The path of a file as maps print it below a root. Empty for what the kernel would not print of a stored file, so
     * that nothing leads out of the root, and for names that the agent's locale cannot express.
     */
    private static Optional<Path> path(String root, String file) {
        if (!file.startsWith("/") || file.contains("/../")) {
            return Optional.empty();
        }
        try {
            return Optional.of(Path.of(root + file));
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    /**
     * A path of the agent's by which the file can be read now; empty when no process that has it is left and it is not
     * in the agent's own mount namespace.
     */
    public Optional<Path> locate(ExecutableFile file) {
        if (isAt(file.lastOpenedAt(), file)) {
            return Optional.of(file.lastOpenedAt());
        }
        return path("", file.path()).filter(path -> isAt(path, file));
    }

    private static boolean isAt(Path path, ExecutableFile file) {
        try {
            return FileKey.of(path).equals(file.key());
        } catch (IOException e) {
            return false;
        }
    }

    private Optional<ExecutableFile> read(Path where, String path) {
        try {
            return Optional.of(read(where, path, FileKey.of(where)));
        } catch (IOException e) {
            counts.increment(MappingEvent.FILE_UNREADABLE);
            return Optional.empty();
        }
    }

    private ExecutableFile read(Path where, String path, FileKey key) throws IOException {
        return read(where, where, path, key);
    }

    /** Not under the lock: one thread's slow disk must not hold up the others, of which one reads samples. */
    private ExecutableFile read(Path from, Path where, String path, FileKey key) throws IOException {
        ExecutableFile known = find(key);
        if (known != null) {
            known.seenAt(where);
            return known;
        }
        ElfReader.Headers headers = reader.read(from);
        counts.increment(MappingEvent.FILE_READ);
        if (headers.segments().isEmpty()) {
            counts.increment(MappingEvent.FILE_MALFORMED);
        }
        return keep(new ExecutableFile(path, headers, key, where));
    }

    private synchronized ExecutableFile find(FileKey key) {
        return files.get(key);
    }

    /** The file, or the one that another thread read meanwhile. */
    private synchronized ExecutableFile keep(ExecutableFile file) {
        ExecutableFile other = files.putIfAbsent(file.key(), file);
        return other == null ? file : other;
    }
}
