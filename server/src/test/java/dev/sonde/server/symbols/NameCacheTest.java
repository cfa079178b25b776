package dev.sonde.server.symbols;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sonde.server.store.StoredLocation.StoredLine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NameCacheTest {

    private static final int MAX_NAMES = 10;

    /** Two files of ten names fit, three do not. */
    private static final int MAX_NAMES_BYTES = 1000;

    @TempDir
    private Path root;

    private final AtomicInteger asked = new AtomicInteger();
    private SymbolFolder folder;
    private DebuginfoFiles files;
    private NameCache names;

    @BeforeEach
    void open() throws IOException {
        folder = SymbolFolder.open(root);
        files = DebuginfoFiles.open(folder, 1 << 20, Clock.systemUTC());
        names = new NameCache(
                folder,
                files,
                new Naming(name -> name),
                new SymbolLimits(1 << 20, 1 << 20, 1, Duration.ofMinutes(1), MAX_NAMES_BYTES, MAX_NAMES, 1 << 20));
    }

    private void addDebuginfo(String buildId) throws IOException {
        files.add(buildId, Files.write(folder.incoming().resolve("x"), new byte[1]));
    }

    @Test
    void buildIdsOfWhichNothingIsHereCostNothing() {
        for (int i = 0; i < 100_000; i++) {
            assertThat(names.of("ab%06x".formatted(i))).isEmpty();
        }
        assertThat(names.builds()).isZero();
    }

    @Test
    void debuginfoThatComesLaterIsSeen() throws IOException {
        assertThat(names.of("abcd")).isEmpty();
        addDebuginfo("abcd");
        names.forgetUnnamed("abcd");
        assertThat(names.of("abcd")).isPresent();
    }

    @Test
    void betweenFlushesTheBoundHoldsAndNothingIsLost() throws IOException {
        for (int i = 0; i < 5; i++) {
            addDebuginfo("ab0" + i);
            BuildNames build = names.of("ab0" + i).orElseThrow();
            for (int address = 0; address < MAX_NAMES - 1; address++) {
                build.lines(address, at -> List.of(new StoredLine("f" + at, "f" + at, "", 0)));
            }
            assertThat(names.builds()).isLessThanOrEqualTo(2);
        }
        assertThat(names.of("ab00").orElseThrow().lines(3, address -> List.of()))
                .extracting(StoredLine::name)
                .containsExactly("f3");
    }

    private List<StoredLine> lines(String buildId, long address) throws IOException {
        return names.of(buildId).orElseThrow().lines(address, at -> {
            asked.incrementAndGet();
            return at % 2 == 0 ? List.of(new StoredLine("f" + at, "f" + at, "", 0)) : List.of();
        });
    }

    @Test
    void anAddressIsLookedForOnceUntilThereIsNewDebuginfo() throws IOException {
        addDebuginfo("aa");
        assertThat(lines("aa", 2)).isEqualTo(lines("aa", 2)).hasSize(1);
        assertThat(lines("aa", 3)).isEqualTo(lines("aa", 3)).isEmpty();
        assertThat(asked).hasValue(2);

        names.forgetUnnamed("aa");
        lines("aa", 2);
        assertThat(asked).hasValue(2);
        lines("aa", 3);
        assertThat(asked).hasValue(3);
    }

    @Test
    void oneBuildIdDoesNotGrowPastTheBound() throws IOException {
        addDebuginfo("aa");
        for (int i = 0; i < 100; i++) {
            assertThat(lines("aa", 2L * i)).hasSize(1);
        }
        assertThat(names.of("aa").orElseThrow().size()).isEqualTo(MAX_NAMES);
    }

    @Test
    void theDiskIsBounded() throws IOException {
        for (String buildId : List.of("aa", "bb", "cc")) {
            addDebuginfo(buildId);
            for (int i = 0; i < MAX_NAMES; i++) {
                lines(buildId, 2L * i);
            }
            names.flush();
        }
        long size = Files.size(folder.names("aa"));
        assertThat(3 * size).isGreaterThan(MAX_NAMES_BYTES);
        assertThat(2 * size).isLessThan(MAX_NAMES_BYTES);
        Files.setLastModifiedTime(folder.names("bb"), FileTime.fromMillis(0));
        names.trimDisk();
        assertThat(folder.names("aa")).exists();
        assertThat(folder.names("bb")).doesNotExist();
        assertThat(folder.names("cc")).exists();
    }

    @Test
    void aFileThatIsDamagedDoesNotStopAQuery() throws IOException {
        Files.createDirectories(folder.names("aa").getParent());
        Files.writeString(folder.names("aa"), "rubbish, and longer than a head");
        assertThat(lines("aa", 2)).hasSize(1);
        names.flush();
        open();
        assertThat(names.of("aa").orElseThrow().lines(2, address -> List.of())).hasSize(1);
    }
}
