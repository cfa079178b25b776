package dev.sonde.server.symbols;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DebuginfoFilesTest {

    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-11-21T02:00:00Z"), ZoneOffset.UTC);

    @TempDir
    private Path root;

    private SymbolFolder folder;
    private DebuginfoFiles files;

    @BeforeEach
    void open() throws IOException {
        folder = SymbolFolder.open(root);
        files = DebuginfoFiles.open(folder, 1000, CLOCK);
    }

    private void add(String buildId, int size) throws IOException {
        files.add(buildId, Files.write(folder.incoming().resolve("x"), new byte[size]));
    }

    @Test
    void theLeastRecentlyUsedGoesFirst() throws IOException {
        add("aa", 400);
        add("bb", 400);
        assertThat(files.use("aa")).isPresent();
        add("cc", 400);

        assertThat(files.contains("aa")).isTrue();
        assertThat(files.contains("bb")).isFalse();
        assertThat(files.contains("cc")).isTrue();
        assertThat(files.sizeBytes()).isEqualTo(800);
        assertThat(folder.debuginfo("bb")).doesNotExist();
    }

    @Test
    void theOrderOutlivesARestart() throws IOException {
        add("aa", 400);
        add("bb", 400);
        Files.setLastModifiedTime(
                folder.debuginfo("aa"), FileTime.from(CLOCK.instant().minus(Duration.ofHours(3))));
        Files.setLastModifiedTime(
                folder.debuginfo("bb"), FileTime.from(CLOCK.instant().minus(Duration.ofHours(5))));
        files = DebuginfoFiles.open(folder, 1000, CLOCK);
        add("cc", 400);
        assertThat(files.contains("aa")).isTrue();
        assertThat(files.contains("bb")).isFalse();

        files.use("aa");
        assertThat(Files.getLastModifiedTime(folder.debuginfo("aa")).toInstant())
                .isEqualTo(CLOCK.instant());
    }

    @Test
    void aFileInPlaceOfAnotherCountsOnce() throws IOException {
        add("aa", 400);
        add("aa", 300);
        assertThat(files.sizeBytes()).isEqualTo(300);
        assertThat(files.count()).isEqualTo(1);
    }

    @Test
    void whatIsNotABuildIdIsLeftAlone() throws IOException {
        Path stranger = Files.writeString(folder.debuginfo().resolve("README"), "not ours");
        files = DebuginfoFiles.open(folder, 1000, CLOCK);
        assertThat(files.count()).isZero();
        assertThat(stranger).exists();
    }
}
