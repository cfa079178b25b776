package dev.sonde.agent.jit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PerfMapFileTest {

    @TempDir
    Path root;

    private final AtomicLong nanos = new AtomicLong();
    private final AtomicLong evicted = new AtomicLong();
    private final PerfMapBudget budget = new PerfMapBudget(PerfMapBudget.DEFAULT_BYTES, evicted::incrementAndGet);
    private Path file;
    private PerfMapFile perfMap;

    @BeforeEach
    void files() throws IOException {
        Path directory = Files.createDirectory(root.resolve("tmp"));
        file = directory.resolve("perf-7.map");
        int uid = (Integer) Files.getAttribute(directory, "unix:uid");
        perfMap = new PerfMapFile(root, 7, uid, budget, nanos::get);
    }

    private PerfMapFile.Outcome refreshLater() {
        nanos.addAndGet(2_000_000_000);
        return perfMap.refresh();
    }

    @Test
    void isReadAgainWhenItGrewAndNotBefore() throws IOException {
        assertThat(perfMap.refresh()).isEqualTo(PerfMapFile.Outcome.UNCHANGED);
        Files.writeString(file, "1000 10 first\n");
        assertThat(perfMap.refresh()).isEqualTo(PerfMapFile.Outcome.UNCHANGED);
        assertThat(refreshLater()).isEqualTo(PerfMapFile.Outcome.READ);
        assertThat(perfMap.map().find(0x1000)).isEqualTo("first");
        assertThat(refreshLater()).isEqualTo(PerfMapFile.Outcome.UNCHANGED);

        Files.writeString(file, "1000 10 first\n2000 10 second\n");
        assertThat(perfMap.refresh()).isEqualTo(PerfMapFile.Outcome.UNCHANGED);
        assertThat(refreshLater()).isEqualTo(PerfMapFile.Outcome.READ);
        assertThat(perfMap.map().find(0x2000)).isEqualTo("second");
    }

    @Test
    void namesStayWhenTheFileIsGone() throws IOException {
        Files.writeString(file, "1000 10 first\n");
        assertThat(refreshLater()).isEqualTo(PerfMapFile.Outcome.READ);
        Files.delete(file);
        assertThat(refreshLater()).isEqualTo(PerfMapFile.Outcome.UNCHANGED);
        assertThat(perfMap.map().find(0x1000)).isEqualTo("first");
    }

    @Test
    void aLinkIsRefused() throws IOException {
        Path elsewhere = Files.writeString(root.resolve("elsewhere"), "1000 10 f\n");
        Files.createSymbolicLink(file, elsewhere);
        assertThat(refreshLater()).isEqualTo(PerfMapFile.Outcome.REFUSED);
        assertThat(perfMap.map().size()).isZero();
    }

    @Test
    void aLinkedFolderIsRefused() throws IOException {
        Files.move(root.resolve("tmp"), root.resolve("elsewhere"));
        Files.writeString(root.resolve("elsewhere/perf-7.map"), "1000 10 f\n");
        Files.createSymbolicLink(root.resolve("tmp"), root.resolve("elsewhere"));
        assertThat(refreshLater()).isEqualTo(PerfMapFile.Outcome.REFUSED);
    }

    @Test
    void aFolderIsRefusedAndAFifoDoesNotBlock() throws IOException, InterruptedException {
        Files.createDirectory(file);
        assertThat(refreshLater()).isEqualTo(PerfMapFile.Outcome.REFUSED);
        Files.delete(file);
        assumeTrue(
                new ProcessBuilder("mkfifo", file.toString()).start().waitFor() == 0, "SKIPPED: mkfifo does not work");
        assertThat(refreshLater()).isEqualTo(PerfMapFile.Outcome.REFUSED);
    }

    @Test
    void aFileThatIsTooLargeIsRefused() throws IOException {
        try (RandomAccessFile large = new RandomAccessFile(file.toFile(), "rw")) {
            large.setLength(PerfMapFile.MAX_BYTES + 1);
        }
        assertThat(refreshLater()).isEqualTo(PerfMapFile.Outcome.CUT);
    }

    @Test
    void aFileOfAnotherUserIsRefusedAndOneOfRootIsRead() throws IOException {
        assumeTrue(
                Integer.valueOf(0).equals(Files.getAttribute(root, "unix:uid")),
                "SKIPPED: needs root (to give files to other users)");
        PerfMapFile ofUser = new PerfMapFile(root, 7, 1000, budget, nanos::get);
        Files.writeString(file, "1000 10 f\n");
        Files.setAttribute(file, "unix:uid", 1001);
        nanos.addAndGet(2_000_000_000);
        assertThat(ofUser.refresh()).isEqualTo(PerfMapFile.Outcome.REFUSED);
        for (int owner : new int[] {1000, 0}) {
            Files.setAttribute(file, "unix:uid", owner);
            nanos.addAndGet(2_000_000_000);
            assertThat(ofUser.refresh()).isEqualTo(PerfMapFile.Outcome.READ);
        }
    }

    @Test
    void readingTakesAHundredthOfTheTimeAtMost() throws IOException {
        // Each look at the clock is 50 ms later than the one before: reading takes 50 ms.
        AtomicLong slow = new AtomicLong();
        int uid = (Integer) Files.getAttribute(root, "unix:uid");
        PerfMapFile costly = new PerfMapFile(root, 7, uid, budget, () -> slow.getAndAdd(50_000_000));
        Files.writeString(file, "1000 10 f\n");
        assertThat(costly.refresh()).isEqualTo(PerfMapFile.Outcome.READ);
        Files.writeString(file, "1000 10 f\n2000 10 g\n");
        slow.addAndGet(4_000_000_000L);
        assertThat(costly.refresh()).isEqualTo(PerfMapFile.Outcome.UNCHANGED);
        slow.addAndGet(1_000_000_000L);
        assertThat(costly.refresh()).isEqualTo(PerfMapFile.Outcome.READ);
    }

    private static void write(Path file, int lines) throws IOException {
        try (BufferedWriter out = Files.newBufferedWriter(file)) {
            for (int i = 0; i < lines; i++) {
                out.write(Integer.toHexString(0x1000_0000 + 16 * i) + " 10 LazyCompile:*function" + i
                        + " /app/node_modules/some-package/lib/index.js:12\n");
            }
        }
    }

    @Test
    void ofALargeFileTheEndIsKeptWithinTheBudget() throws IOException {
        int lines = 400_000;
        write(file, lines);
        assertThat(Files.size(file)).isGreaterThan(30_000_000);
        assertThat(refreshLater()).isEqualTo(PerfMapFile.Outcome.CUT);
        assertThat(perfMap.map().find(0x1000_0000)).isNull();
        assertThat(perfMap.map().find(0x1000_0000 + 16L * (lines - 1)))
                .isEqualTo("LazyCompile:*function399999 /app/node_modules/some-package/lib/index.js:12");
        assertThat(perfMap.map().malformedLines()).isZero();
        assertThat(budget.usedBytes()).isBetween(4_000_000L, PerfMapBudget.DEFAULT_BYTES);
    }

    @Test
    void theFileAskedLeastRecentlyForgetsItsNames() throws IOException {
        write(file, 50_000);
        assertThat(refreshLater()).isEqualTo(PerfMapFile.Outcome.READ);
        int uid = (Integer) Files.getAttribute(file, "unix:uid");
        Path second = root.resolve("tmp/perf-8.map");
        write(second, 60_000);
        PerfMapFile other = new PerfMapFile(root, 8, uid, budget, nanos::get);
        assertThat(other.refresh()).isEqualTo(PerfMapFile.Outcome.READ);
        assertThat(evicted).hasValue(1);
        assertThat(perfMap.map().size()).isZero();
        assertThat(refreshLater()).isEqualTo(PerfMapFile.Outcome.READ);
        assertThat(perfMap.map().size()).isEqualTo(50_000);
        assertThat(other.map().size()).isZero();
        assertThat(budget.usedBytes()).isLessThanOrEqualTo(PerfMapBudget.DEFAULT_BYTES);
    }
}
