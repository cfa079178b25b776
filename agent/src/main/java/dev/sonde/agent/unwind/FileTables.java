package dev.sonde.agent.unwind;

import dev.sonde.agent.kernel.code.FileId;
import dev.sonde.agent.kernel.code.MappedCode;
import dev.sonde.agent.kernel.ffi.FfmLibc;
import dev.sonde.agent.kernel.ffi.Libc;
import dev.sonde.agent.mapping.ExecutableFile;
import dev.sonde.agent.mapping.ExecutableFiles;
import dev.sonde.agent.mapping.Mapping;
import dev.sonde.agent.mapping.Vdso;
import dev.sonde.symbolizer.cfi.UnwindTable;
import dev.sonde.symbolizer.cfi.UnwindTableCache;
import dev.sonde.symbolizer.elf.ElfException;
import dev.sonde.symbolizer.elf.ElfFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tables from the very files that are mapped, whatever has become of their names. One thread at a time. */
final class FileTables implements TableSource {

    private static final Logger LOG = LoggerFactory.getLogger(FileTables.class);

    /** What the agent has open itself, by the numbers of its file descriptors (proc_pid_fd(5)). */
    private static final Path OWN_FILES = Path.of("/proc/self/fd");

    /** A process that starts maps some dozen files; a large one hundreds. */
    static final int MAX_HELD = 256;

    /**
     * For what is read of a network's or a program's file system: all other tables wait. The making of a large one goes on
     * beyond it and ends in the cache, where it is found the next time.
     */
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private static final int ENOENT = 2;

    private final Libc libc = new FfmLibc();
    private final Map<FileId, Held> held = new HashMap<>();
    private final ExecutableFiles files;
    private final KernelFiles kernelFiles;
    private final Optional<UnwindTableCache> cache;
    private boolean warned;

    /**
     * @param kernelFiles learns each file that a table is made of
     * @param cache where tables are kept; without it they are made anew each time
     */
    FileTables(ExecutableFiles files, KernelFiles kernelFiles, Optional<UnwindTableCache> cache) {
        this.files = files;
        this.kernelFiles = kernelFiles;
        this.cache = cache;
    }

    @Override
    public FileTable table(MappedCode code) throws IOException {
        if (code.file().isVdso()) {
            return table(ElfFile.of(MemorySegment.ofArray(Vdso.image())));
        }
        try {
            Held open = open(code);
            Made made = patiently(code.file(), () -> make(code.file(), open.range(), open.path()));
            kernelFiles.add(code.file(), made.file());
            return made.table();
        } catch (IOException e) {
            throw files.lives(code.pid()) ? e : ended(code, e);
        }
    }

    /** Of a process that ends just then, links cannot be followed for want of rights (proc_pid_get_link() in fs/proc). */
    private static NoSuchFileException ended(MappedCode code, IOException why) {
        NoSuchFileException ended = new NoSuchFileException(code + ": the process has ended");
        ended.initCause(why);
        return ended;
    }

    /** A file and its table. */
    private record Made(ExecutableFile file, FileTable table) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            table.close();
        }
    }

    /** By a descriptor of its own: the one that is held may be another file's when a slow file system answers. */
    private Made make(FileId id, ExecutableFiles.RangeFile range, Path opened) throws IOException {
        try (Held own = open(id, range, opened)) {
            return new Made(files.ofRange(range, own.path()), sameTable(id, own.path()));
        }
    }

    private FileTable sameTable(FileId id, Path path) throws IOException {
        FileTable table = table(path);
        try {
            // Somebody may have written to the file meanwhile.
            requireSame(id, path);
        } catch (IOException e) {
            table.close();
            throw e;
        }
        return table;
    }

    /** Opens or makes something of a file; what comes when nobody waits for it any more is closed. */
    private <T extends AutoCloseable> T patiently(FileId file, Callable<T> making) throws IOException {
        AtomicBoolean settled = new AtomicBoolean();
        try {
            return files.readPatiently(device(file), PATIENCE, () -> {
                T made = making.call();
                if (!settled.compareAndSet(false, true)) {
                    made.close();
                    throw new IOException(file + ": nobody waits any more");
                }
                return made;
            });
        } finally {
            settled.set(true);
        }
    }

    @Override
    public void hold(MappedCode code) {
        try {
            if (!code.file().isVdso()) {
                open(code);
            }
        } catch (IOException e) {
            // Said when the table is made.
        }
    }

    @Override
    public void release() {
        held.values().forEach(Held::close);
        held.clear();
    }

    /** The file as it is open here, whatever the process does: run another program, end. */
    private Held open(MappedCode code) throws IOException {
        Held known = held.get(code.file());
        if (known != null) {
            return known;
        }
        ExecutableFiles.RangeFile range = locate(code);
        Held open = patiently(code.file(), () -> open(code.file(), range, range.where()));
        if (held.size() >= MAX_HELD) {
            release();
        }
        held.put(code.file(), open);
        return open;
    }

    private Held open(FileId id, ExecutableFiles.RangeFile range, Path at) throws IOException {
        int fd = libc.openPath(at.toString());
        if (fd < 0) {
            String message = at + ": " + libc.strerror(-fd);
            throw fd == -ENOENT && !range.byName() ? new NoSuchFileException(message) : new IOException(message);
        }
        Held open = new Held(libc, fd, range);
        try {
            requireSame(id, open.path());
        } catch (IOException | RuntimeException e) {
            open.close();
            throw e;
        }
        return open;
    }

    /** A file that is open as what it is, not for reading; and where it was found, which outlasts the descriptor. */
    private record Held(Libc libc, int fd, ExecutableFiles.RangeFile range) implements AutoCloseable {
        /** By which the file can be read until {@link #close}; the number is another file's afterwards. */
        Path path() {
            return OWN_FILES.resolve(Integer.toString(fd));
        }

        @Override
        public void close() {
            libc.close(fd);
        }
    }

    private ExecutableFiles.RangeFile locate(MappedCode code) throws IOException {
        try {
            ExecutableFiles.RangeFile range = files.locate(code.pid(), code.start(), code.end(), device(code.file()));
            if (range.byName() && !warned) {
                warned = true;
                LOG.warn(
                        "mapped files cannot be opened themselves (expected: root, CAP_SYS_ADMIN or"
                                + " CAP_CHECKPOINT_RESTORE): they are opened by their names, and stacks in deleted files are cut");
            }
            return range;
        } catch (AccessDeniedException e) {
            if (!warned) {
                warned = true;
                LOG.warn(
                        "{} may not be read (expected: root, or CAP_SYS_PTRACE and CAP_CHECKPOINT_RESTORE): stacks of"
                                + " such processes are cut",
                        e.getMessage());
            }
            throw e;
        }
    }

    private FileTable table(Path mapped) throws IOException {
        try {
            return table(ElfFile.open(mapped));
        } catch (ElfException e) {
            // It will not become an ELF file by being read again.
            return FileTable.none();
        }
    }

    /**
     * One file's table under the name of another would make wrong stacks that look right. Below an overlay device and
     * inode are not those that stat shows; size and time of the last change are.
     */
    private static void requireSame(FileId id, Path path) throws IOException {
        Map<String, Object> found = Files.readAttributes(path, "unix:dev,ino,size,lastModifiedTime");
        long mtimeNanos = ((FileTime) found.get("lastModifiedTime")).to(TimeUnit.NANOSECONDS);
        boolean otherInode =
                (long) found.get("dev") == userDevice(id.device()) && (long) found.get("ino") != id.inode();
        if (otherInode || (long) found.get("size") != id.sizeBytes() || mtimeNanos != id.mtimeNanos()) {
            throw new IOException(path + ": another file by now (expected: " + id + ")");
        }
    }

    /** A device number as maps has it, from the kernel's own form (include/linux/kdev_t.h). */
    static long device(FileId file) {
        return Mapping.device(file.device() >>> 20, file.device() & 0xfffff);
    }

    /** A device number as stat has it (makedev(3)), from the kernel's own form (include/linux/kdev_t.h). */
    private static long userDevice(int device) {
        long major = Integer.toUnsignedLong(device) >>> 20;
        long minor = Integer.toUnsignedLong(device) & 0xfffff;
        return (major & ~0xfffL) << 32 | (major & 0xfff) << 8 | (minor & ~0xffL) << 12 | (minor & 0xff);
    }

    private FileTable table(ElfFile file) throws IOException {
        try (file) {
            UnwindTable table = cache.isPresent() ? cache.get().table(file) : UnwindTable.read(file);
            return new FileTable(table, file.loadSegments());
        }
    }
}
