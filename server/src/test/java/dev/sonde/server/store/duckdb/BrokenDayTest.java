package dev.sonde.server.store.duckdb;

import static dev.sonde.server.store.TestProfiles.DAY;
import static dev.sonde.server.store.TestProfiles.HOUR;
import static dev.sonde.server.store.TestProfiles.cpu;
import static dev.sonde.server.store.TestProfiles.query;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sonde.model.TimeRange;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A day's file that is no day is moved aside, and the other days answer. */
class BrokenDayTest {

    private static final long YESTERDAY = DAY - 24 * HOUR;

    @TempDir
    private Path folder;

    private Path file;

    @BeforeEach
    void twoDays() throws Exception {
        file = folder.resolve("days/2026-11-20.duckdb");
        try (DuckDbProfileStore store = DuckDbProfileStore.open(folder, StoreSettings.defaults())) {
            store.append(List.of(cpu().sample("a;b", 1).at(YESTERDAY, "cpu")));
            store.append(List.of(cpu().sample("a;b", 2).at(DAY, "cpu")));
        }
    }

    @Test
    void garbageIsMovedAsideWithItsLog() throws Exception {
        byte[] garbage = new byte[20_000];
        new Random(1).nextBytes(garbage);
        Files.write(file, garbage);
        Files.writeString(folder.resolve("days/2026-11-20.duckdb.wal"), "log");
        assertOthersAnswer();
        assertThat(folder.resolve("days/2026-11-20.duckdb.broken-1")).hasBinaryContent(garbage);
        assertThat(folder.resolve("days/2026-11-20.duckdb.broken-1.wal")).hasContent("log");
    }

    @Test
    void anEmptyFileIsMovedAside() throws Exception {
        Files.write(file, new byte[0]);
        assertOthersAnswer();
    }

    @Test
    void aCutFileIsMovedAside() throws Exception {
        byte[] whole = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(whole, whole.length / 2));
        assertOthersAnswer();
    }

    @Test
    void anAppendFindsItFirst() throws Exception {
        Files.writeString(file, "garbage");
        Files.writeString(folder.resolve("days/2026-11-20.duckdb.broken-1"), "of before");
        try (DuckDbProfileStore store = DuckDbProfileStore.open(folder, StoreSettings.defaults())) {
            store.append(List.of(cpu().sample("a;b", 4).at(YESTERDAY, "cpu")));
            assertThat(store.merge(query("cpu.samples")).total()).isEqualTo(6);
            assertThat(store.statistics().brokenDays()).isEqualTo(1);
        }
        assertThat(folder.resolve("days/2026-11-20.duckdb.broken-1")).hasContent("of before");
        assertThat(folder.resolve("days/2026-11-20.duckdb.broken-2")).hasContent("garbage");
    }

    private void assertOthersAnswer() throws Exception {
        try (DuckDbProfileStore store = DuckDbProfileStore.open(folder, StoreSettings.defaults())) {
            assertThat(store.types(new TimeRange(0, DAY + 24 * HOUR))).hasSize(1);
            assertThat(store.merge(query("cpu.samples")).total()).isEqualTo(2);
            assertThat(store.statistics().brokenDays()).isEqualTo(1);
            // The day starts anew.
            store.append(List.of(cpu().sample("a;b", 4).at(YESTERDAY, "cpu")));
            assertThat(store.merge(query("cpu.samples")).total()).isEqualTo(6);
        }
        assertThat(folder.resolve("days/2026-11-20.duckdb.broken-1")).exists();
    }
}
