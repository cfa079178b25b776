package dev.sonde.server.store.duckdb;

import static dev.sonde.server.store.TestProfiles.DAY;
import static dev.sonde.server.store.TestProfiles.HOUR;
import static dev.sonde.server.store.TestProfiles.cpu;
import static dev.sonde.server.store.TestProfiles.query;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sonde.model.TimeRange;
import dev.sonde.server.store.StoreException;
import dev.sonde.server.store.TestProfiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A day's file that is no day is moved aside, and the other days answer. */
class BrokenDayTest {

    private static final long YESTERDAY = DAY - 24 * HOUR;

    /** DuckDB's files begin with three headers of 4 KiB, then come blocks of 256 KiB, each with a checksum. */
    private static final int FIRST_BLOCK = 3 * 4096;

    private static final int BLOCK_BYTES = 256 << 10;

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

    @Test
    void whatAQuestionFindsBrokenIsMovedAside() throws Exception {
        TestProfiles large = cpu();
        Random random = new Random(1);
        for (int i = 0; i < 100_000; i++) {
            // Few names and many values that do not compress, so that these fill blocks of their own.
            large.sample("a;f" + i % 400, random.nextLong(1L << 37), "n", "" + i / 400);
        }
        try (DuckDbProfileStore store = DuckDbProfileStore.open(folder, StoreSettings.defaults())) {
            store.append(List.of(large.at(YESTERDAY + HOUR, "cpu")));
        }
        byte[] whole = Files.readAllBytes(file);
        int found = 0;
        for (int at = FIRST_BLOCK; at < whole.length && found == 0; at += BLOCK_BYTES) {
            byte[] broken = whole.clone();
            broken[at + BLOCK_BYTES / 2] ^= 1;
            Files.write(file, broken);
            found += isFoundByAMerge() ? 1 : 0;
            deleteAside();
        }
        // Blocks of the dictionary are found broken at opening; one at least holds nothing but values.
        assertThat(found).isEqualTo(1);
    }

    private boolean isFoundByAMerge() throws Exception {
        try (DuckDbProfileStore store = DuckDbProfileStore.open(folder, StoreSettings.defaults())) {
            store.types(new TimeRange(0, DAY + 24 * HOUR));
            if (store.statistics().brokenDays() > 0) {
                return false;
            }
            try {
                store.mergeAllValues(query("cpu"));
                return false;
            } catch (StoreException e) {
                assertThat(e).hasMessageContaining("Corrupt database file");
            }
            assertThat(store.statistics().brokenDays()).isEqualTo(1);
            assertThat(folder.resolve("days/2026-11-20.duckdb.broken-1")).exists();
            // The next question is answered without it, and the day starts anew.
            assertThat(store.merge(query("cpu.samples")).total()).isEqualTo(2);
            store.append(List.of(cpu().sample("a;b", 4).at(YESTERDAY, "cpu")));
            assertThat(store.merge(query("cpu.samples")).total()).isEqualTo(6);
            return true;
        }
    }

    private void deleteAside() throws Exception {
        Files.deleteIfExists(folder.resolve("days/2026-11-20.duckdb.broken-1"));
        Files.deleteIfExists(folder.resolve("days/2026-11-20.duckdb.broken-1.wal"));
        Files.deleteIfExists(folder.resolve("days/2026-11-20.duckdb.wal"));
    }

    @Test
    void brokenDaysGoWithTheirAge() throws Exception {
        Files.writeString(file, "garbage");
        try (DuckDbProfileStore store = DuckDbProfileStore.open(folder, StoreSettings.defaults())) {
            assertThat(store.merge(query("cpu.samples")).total()).isEqualTo(2);
            Path aside = folder.resolve("days/2026-11-20.duckdb.broken-1");
            Path log = Files.writeString(folder.resolve("days/2026-11-20.duckdb.broken-1.wal"), "log");
            Path notOurs = Files.writeString(folder.resolve("days/notes.duckdb.broken-1"), "mine");
            store.dropBefore(Instant.parse("2026-11-20T12:00:00Z"));
            assertThat(aside).exists();
            assertThat(store.dropBefore(Instant.parse("2026-11-21T12:00:00Z"))).isEqualTo(10);
            assertThat(aside).doesNotExist();
            assertThat(log).doesNotExist();
            assertThat(notOurs).exists();
            assertThat(store.merge(query("cpu.samples")).total()).isEqualTo(2);
        }
    }
}
