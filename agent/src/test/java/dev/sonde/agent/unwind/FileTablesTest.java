package dev.sonde.agent.unwind;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sonde.agent.count.Counts;
import dev.sonde.agent.kernel.code.FileId;
import dev.sonde.agent.kernel.code.MappedCode;
import dev.sonde.agent.mapping.ElfReader;
import dev.sonde.agent.mapping.ExecutableFiles;
import dev.sonde.agent.mapping.MappingEvent;
import dev.sonde.agent.mapping.SymbolizerElfReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Files of a made-up process whose map_files name them but cannot be opened, as without CAP_CHECKPOINT_RESTORE: what has
 * the name in the process's own root is taken when it is the same file.
 */
class FileTablesTest {

    @TempDir
    Path proc;

    private final KernelFiles known = new KernelFiles();
    private Path library;

    @BeforeEach
    void makeProcess() throws IOException {
        Path process = Files.createDirectories(proc.resolve("7/root/usr/lib"))
                .getParent()
                .getParent()
                .getParent();
        library = proc.resolve("7/root/usr/lib/no-such-library-of-the-agents.so");
        Files.copy(Path.of(System.getProperty("java.home"), "lib/libjimage.so"), library);
        Files.createDirectories(process.resolve("map_files"));
        Files.writeString(process.resolve("stat"), "7 (sleep) S 1");
        link("1000-2000", "/usr/lib/no-such-library-of-the-agents.so");
    }

    private void link(String range, String target) throws IOException {
        Files.createSymbolicLink(proc.resolve("7/map_files").resolve(range), Path.of(target));
    }

    private ExecutableFiles files() {
        return new ExecutableFiles(proc, new SymbolizerElfReader(), 10, new Counts<>(MappingEvent.class));
    }

    private FileTables tables() {
        return new FileTables(files(), known, Optional.empty());
    }

    /** What the kernel would say: here of a device below an overlay. */
    private FileId id() throws IOException {
        long mtime = Files.getLastModifiedTime(library).to(TimeUnit.NANOSECONDS);
        return new FileId((long) Files.getAttribute(library, "unix:ino"), mtime, Files.size(library), 0x7fffffff, 1);
    }

    private MappedCode code() throws IOException {
        return new MappedCode(id(), 7, 0x1000, 0x2000);
    }

    @Test
    void theFileOfTheNameIsTakenWhereItIsTheSame() throws IOException {
        MappedCode code = code();
        try (FileTable table = tables().table(code)) {
            assertThat(table.image()).isPresent();
        }
        assertThat(known.find(code.file()).orElseThrow().path()).isEqualTo("/usr/lib/no-such-library-of-the-agents.so");
    }

    @Test
    void theFileIsFoundAgainWhenItIsHeldNoLonger() throws IOException {
        MappedCode code = code();
        ExecutableFiles files = files();
        FileTables tables = new FileTables(files, known, Optional.empty());
        try (FileTable _ = tables.table(code)) {
            tables.release();
            assertThat(files.locate(known.find(code.file()).orElseThrow())).hasValue(library);
        }
    }

    @Test
    void anotherFileOfTheNameIsNot() throws IOException {
        MappedCode code = code();
        Files.setLastModifiedTime(library, FileTime.fromMillis(1));
        assertThatThrownBy(() -> tables().table(code))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("another file by now");
        Files.delete(library);
        assertThatThrownBy(() -> tables().table(code)).isInstanceOf(IOException.class);
        assertThat(known.find(code.file())).isEmpty();
    }

    /** Whatever the kernel says of its files: another process that maps them is asked. */
    @Test
    void anErrorOfAProcessThatEndsIsNotTheFiles() throws IOException {
        MappedCode code = code();
        Files.setLastModifiedTime(library, FileTime.fromMillis(1));
        Files.writeString(proc.resolve("7/stat"), "7 (sleep) Z 1");
        assertThatThrownBy(() -> tables().table(code))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining("the process has ended");
    }

    /** The file system hangs for good: the first table is given up, the second not even begun, others are made. */
    @Test
    @Timeout(60)
    void aFileSystemThatDoesNotAnswerCostsItsOwnTables() throws Exception {
        Files.createDirectories(proc.resolve("self"));
        Files.writeString(proc.resolve("self/mountinfo"), "29 27 0:41 / /home rw,relatime - nfs4 server:/home rw\n");
        CountDownLatch never = new CountDownLatch(1);
        AtomicInteger asked = new AtomicInteger();
        ElfReader hanging = file -> {
            if (asked.incrementAndGet() == 1) {
                try {
                    never.await();
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
            }
            return new SymbolizerElfReader().read(file);
        };
        ExecutableFiles files = new ExecutableFiles(proc, hanging, 10, new Counts<>(MappingEvent.class));
        FileTables tables = new FileTables(files, known, Optional.empty());
        FileId local = id();
        FileId remote = new FileId(local.inode(), local.mtimeNanos(), local.sizeBytes(), 41, 1);
        MappedCode hangs = new MappedCode(remote, 7, 0x1000, 0x2000);
        assertThat(files.alwaysAnswers(FileTables.device(remote))).isFalse();
        assertThat(files.alwaysAnswers(FileTables.device(local))).isTrue();
        assertThat(files.alwaysAnswers(FileTables.device(new FileId(1, 2, 3, 1, 0))))
                .as("a JIT compiler's memfd")
                .isTrue();
        try {
            assertThatThrownBy(() -> tables.table(hangs)).hasMessageContaining("no answer");
            assertThatThrownBy(() -> tables.table(hangs)).hasMessageContaining("does not answer");
            assertThat(asked).hasValue(1);
            try (FileTable table = tables.table(code())) {
                assertThat(table.image()).isPresent();
            }
        } finally {
            never.countDown();
            tables.release();
        }
    }

    @Test
    void aDeletedFileHasNoName() throws IOException {
        link("3000-4000", "/usr/lib/no-such-library-of-the-agents.so (deleted)");
        MappedCode deleted = new MappedCode(id(), 7, 0x3000, 0x4000);
        assertThatThrownBy(() -> tables().table(deleted)).isInstanceOf(IOException.class);
    }
}
