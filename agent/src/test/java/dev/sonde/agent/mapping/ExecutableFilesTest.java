package dev.sonde.agent.mapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sonde.agent.count.Counts;
import dev.sonde.model.BuildId;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Files behind a made-up procfs. */
class ExecutableFilesTest {

    @TempDir
    Path proc;

    private final Counts<MappingEvent> counts = new Counts<>(MappingEvent.class);

    private Path process(int pid) throws IOException {
        return Files.createDirectories(proc.resolve(Integer.toString(pid)));
    }

    private ExecutableFiles files(int bound) {
        return new ExecutableFiles(proc, new SymbolizerElfReader(), bound, counts);
    }

    @Test
    void garbageHasAHashAndOffsets() throws Exception {
        byte[] garbage = new byte[10_000];
        for (int i = 0; i < garbage.length; i++) {
            garbage[i] = (byte) (i * 31);
        }
        Files.write(process(7).resolve("exe"), garbage);

        ExecutableFile file = files(10).ofProcess(7, "/bin/garbage", 0).orElseThrow();

        MessageDigest referee = MessageDigest.getInstance("SHA-256");
        referee.update(garbage, 0, 4096);
        referee.update(garbage, 10_000 - 4096, 4096);
        referee.update(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(0, 10_000));
        assertThat(file.buildId())
                .isEqualTo(new BuildId(BuildId.Type.HASH, HexFormat.of().formatHex(referee.digest())));
        assertThat(file.isElf()).isFalse();
        assertThat(file.segmentOf(9_999).addressOf(9_999)).isEqualTo(9_999);
        assertThat(file.segmentOf(10_000)).isNull();
        assertThat(counts.get(MappingEvent.FILE_MALFORMED)).isEqualTo(1);
    }

    /** A file system that does not answer holds up who asked it, nobody else. */
    @Test
    @Timeout(60)
    void aSlowFileHoldsUpNoOther() throws Exception {
        Files.write(process(1).resolve("exe"), new byte[10]);
        Files.write(process(2).resolve("exe"), new byte[20]);
        CountDownLatch reading = new CountDownLatch(1);
        CountDownLatch answer = new CountDownLatch(1);
        ElfReader slow = file -> {
            if (Files.size(file) == 10) {
                reading.countDown();
                try {
                    answer.await();
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
            }
            return new SymbolizerElfReader().read(file);
        };
        ExecutableFiles files = new ExecutableFiles(proc, slow, 10, counts);
        Thread waiting = Thread.ofPlatform().daemon().start(() -> files.ofProcess(1, "/slow", 0));
        reading.await();
        assertThat(files.ofProcess(2, "/fast", 0)).isPresent();
        answer.countDown();
        waiting.join();
        assertThat(files.ofProcess(1, "/again", 0).orElseThrow().path()).isEqualTo("/slow");
    }

    /** What samples wait for ends, and a file system that hangs costs it once. */
    @Test
    @Timeout(60)
    void aFileSystemThatDoesNotAnswerIsLeftAloneUntilItDoes() throws Exception {
        Files.createDirectories(proc.resolve("self"));
        Files.writeString(proc.resolve("self/mountinfo"), """
                27 1 254:0 / / rw,relatime - ext4 /dev/vda rw
                28 27 0:40 / /tmp rw,relatime shared:3 - tmpfs tmpfs rw
                29 27 0:41 / /home rw,relatime - nfs4 server:/home rw
                a line of no form
                """);
        Files.write(process(1).resolve("exe"), new byte[10]);
        CountDownLatch answer = new CountDownLatch(1);
        AtomicReference<Thread> reader = new AtomicReference<>();
        AtomicInteger asked = new AtomicInteger();
        ElfReader slow = file -> {
            reader.set(Thread.currentThread());
            if (asked.incrementAndGet() == 1) {
                try {
                    answer.await();
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
            }
            return new SymbolizerElfReader().read(file);
        };
        ExecutableFiles files = new ExecutableFiles(proc, slow, 10, counts);
        for (int i = 0; i < 5; i++) {
            assertThat(files.ofProcess(1, "/home/program", Mapping.device(0, 41)))
                    .isEmpty();
        }
        assertThat(asked).as("once, and not again").hasValue(1);
        assertThat(reader.get()).isNotSameAs(Thread.currentThread());
        assertThat(counts.get(MappingEvent.FILE_SYSTEM_SILENT)).isEqualTo(5);
        // Another is read meanwhile: on a disk or in memory at once, on a network by another thread.
        Files.write(process(2).resolve("exe"), new byte[20]);
        assertThat(files.ofProcess(2, "/tmp/program", Mapping.device(0, 40))).isPresent();
        assertThat(reader.get()).isSameAs(Thread.currentThread());
        Files.write(process(3).resolve("exe"), new byte[30]);
        assertThat(files.ofProcess(3, "/else/program", Mapping.device(0, 99))).isPresent();
        assertThat(reader.get()).isNotSameAs(Thread.currentThread());
        answer.countDown();
        while (files.ofProcess(1, "/home/program", Mapping.device(0, 41)).isEmpty()) {
            Thread.onSpinWait();
        }
    }

    @Test
    void damagedHeadersOfARealProgramNeverFail() throws IOException {
        byte[] program;
        try (RandomAccessFile ls = new RandomAccessFile("/bin/ls", "r")) {
            program = new byte[8192];
            ls.readFully(program);
        }
        ExecutableFiles files = files(10_000);
        for (int at = 0; at < 512; at++) {
            byte[] damaged = program.clone();
            damaged[at] ^= (byte) 0xff;
            Files.write(process(at).resolve("exe"), damaged);
            assertThat(files.ofProcess(at, "/x", 0)).isPresent();
        }
        for (int length = 0; length < 8192; length += 97) {
            Files.write(process(length).resolve("exe"), Arrays.copyOf(program, length));
            assertThat(files.ofProcess(length, "/x", 0)).isPresent();
        }
        assertThat(counts.get(MappingEvent.FILE_UNREADABLE)).isZero();
    }

    @Test
    void aFileIsReadOnceAndAgainWhenItChanged() throws IOException {
        Path exe = process(7).resolve("exe");
        Files.writeString(exe, "one");
        ExecutableFiles files = files(10);
        ExecutableFile first = files.ofProcess(7, "/a", 0).orElseThrow();
        Files.createLink(process(8).resolve("exe"), exe);
        assertThat(files.ofProcess(8, "/b", 0)).containsSame(first);
        Files.writeString(exe, "other");
        assertThat(files.ofProcess(7, "/a", 0).orElseThrow().buildId()).isNotEqualTo(first.buildId());
        assertThat(counts.get(MappingEvent.FILE_READ)).isEqualTo(2);
    }

    @Test
    void theCacheIsBoundedAndFilesReadAgainAreEqual() throws IOException {
        ExecutableFiles files = files(2);
        for (int pid = 1; pid <= 3; pid++) {
            Files.writeString(process(pid).resolve("exe"), "content " + pid);
        }
        ExecutableFile first = files.ofProcess(1, "/1", 0).orElseThrow();
        files.ofProcess(2, "/2", 0);
        files.ofProcess(3, "/3", 0);
        assertThat(counts.get(MappingEvent.FILE_EVICTED)).isEqualTo(1);
        assertThat(files.ofProcess(1, "/1", 0).orElseThrow()).isNotSameAs(first).isEqualTo(first);
    }

    @Test
    void aFifoAFolderAndNothingAreUnreadable() throws Exception {
        Path fifo = process(1).resolve("exe");
        assumeTrue(
                new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor() == 0, "SKIPPED: mkfifo does not work");
        Files.createDirectory(process(2).resolve("exe"));
        for (int pid = 1; pid <= 3; pid++) {
            assertThat(files(10).ofProcess(pid, "/x", 0)).isEmpty();
        }
        assertThat(counts.get(MappingEvent.FILE_UNREADABLE)).isEqualTo(3);
    }

    @Test
    void pathsOfMapsDoNotLeadOutOfTheProcess() throws IOException {
        Path root = Files.createDirectory(process(7).resolve("root"));
        Path inside = Files.writeString(root.resolve("inside"), "x", StandardCharsets.UTF_8);
        long inode = (Long) Files.getAttribute(inside, "unix:ino");
        ExecutableFiles files = files(10);
        assertThat(files.ofMapping(7, mapping("/inside", inode))).isPresent();
        // Another file of the name, a path that leads out, names that are no paths.
        Path outside = Files.writeString(proc.resolve("outside"), "x", StandardCharsets.UTF_8);
        long outsideInode = (Long) Files.getAttribute(outside, "unix:ino");
        assertThat(files.ofMapping(7, mapping("/inside", inode + 1))).isEmpty();
        assertThat(files.ofMapping(7, mapping("/../../outside", outsideInode))).isEmpty();
        assertThat(files.ofMapping(7, mapping("/\0", 1))).isEmpty();
        assertThat(files.ofMapping(7, mapping("//anon", 1))).isEmpty();
    }

    private static Mapping mapping(String path, long inode) {
        return new Mapping(0x1000, 0x2000, 0, 0, inode, path, false, MappingKind.FILE);
    }
}
