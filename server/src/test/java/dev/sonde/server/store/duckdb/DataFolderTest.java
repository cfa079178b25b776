package dev.sonde.server.store.duckdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sonde.server.store.StoreException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataFolderTest {

    @TempDir
    private Path root;

    @Test
    void aNewFolderIsOfThisVersion() throws Exception {
        Path deep = root.resolve("not/yet/there");
        DataFolder.open(deep).close();
        assertThat(deep.resolve("VERSION")).hasContent(Integer.toString(DataFolder.VERSION));
        DataFolder.open(deep).close();
    }

    @Test
    void aNewerVersionIsRefused() throws Exception {
        Files.writeString(root.resolve("VERSION"), "2\n");
        assertRefused(root, "layout version 2 (expected: 1; a newer server wrote it)");
        Files.writeString(root.resolve("VERSION"), "one\n");
        assertRefused(root, "VERSION: 'one' (expected: a number, such as 1)");
        // A refusal gives the folder back.
        Files.writeString(root.resolve("VERSION"), "1\n");
        DataFolder.open(root).close();
    }

    @Test
    void aSecondServerIsRefused() throws Exception {
        DataFolder first = DataFolder.open(root);
        assertRefused(root, "in use by another server (expected: one server a folder)");
        first.close();
        DataFolder.open(root).close();
    }

    @Test
    void aFolderThatCannotBeMadeIsRefused() throws Exception {
        Path file = Files.writeString(root.resolve("file"), "");
        assertRefused(file.resolve("data"), "expected: a writable folder");
        assertRefused(Path.of("/proc/sonde-data"), "expected: a writable folder");
    }

    @Test
    void onlyFilesOfDaysAreDays() throws Exception {
        try (DataFolder folder = DataFolder.open(root)) {
            Files.writeString(root.resolve("days/2026-11-21.duckdb"), "12345");
            Files.writeString(root.resolve("days/2026-11-21.duckdb.wal"), "123");
            Files.writeString(root.resolve("days/notes.duckdb"), "");
            Files.writeString(root.resolve("days/2026-13-41.duckdb"), "");
            assertThat(folder.days()).containsExactly(LocalDate.of(2026, 11, 21));
            assertThat(folder.diskBytes()).isEqualTo(8);
            assertThat(folder.delete(LocalDate.of(2026, 11, 21))).isEqualTo(8);
            assertThat(folder.days()).isEmpty();
            assertThat(root.resolve("days/notes.duckdb")).exists();
        }
    }

    private static void assertRefused(Path folder, String words) {
        assertThatExceptionOfType(StoreException.class)
                .isThrownBy(() -> DataFolder.open(folder))
                .withMessageContaining(words)
                .matches(e -> e.reason() == StoreException.Reason.FOLDER);
    }
}
