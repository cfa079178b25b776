package dev.sonde.server.store.duckdb;

import static dev.sonde.server.store.TestProfiles.DAY;
import static dev.sonde.server.store.TestProfiles.HOUR;
import static dev.sonde.server.store.TestProfiles.SECOND;
import static dev.sonde.server.store.TestProfiles.cpu;
import static dev.sonde.server.store.TestProfiles.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sonde.model.ValueType;
import dev.sonde.server.store.NewProfile;
import dev.sonde.server.store.ProfileStore.AppendResult;
import dev.sonde.server.store.StoreException;
import dev.sonde.server.store.TestProfiles;
import dev.sonde.server.store.dictionary.DictionaryLimits;
import dev.sonde.server.store.duckdb.GroupCommit.Append;
import dev.sonde.server.store.duckdb.day.DaySettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What does not fit is refused with words, and the rest goes on. */
class StoreBoundsTest {

    @TempDir
    private Path folder;

    private static StoreSettings limits(DictionaryLimits limits) {
        return new StoreSettings(new DaySettings(64 << 20, 1, limits), 2, 1 << 20, 8);
    }

    @Test
    void aFullDictionaryRefusesWhatIsNewAndTakesTheRest() throws Exception {
        try (DuckDbProfileStore store =
                DuckDbProfileStore.open(folder, limits(new DictionaryLimits(3, 100, 2, 2, 100, 1 << 20)))) {
            store.append(List.of(cpu().sample("a;b", 1).at(DAY, "cpu", "n", "1")));
            assertFull(
                    store, cpu().sample("a;b", 1).sample("x;y", 1).at(DAY, "cpu", "n", "1"), "stack nodes of this day");
            // Nothing of what was refused is left: there is room for one more node.
            store.append(List.of(cpu().sample("a;c", 2).at(DAY, "cpu", "n", "1")));
            assertFull(
                    store,
                    cpu().sample("a;b", 1, "k", "1").sample("a;b", 1, "k", "2").at(DAY, "cpu"),
                    "sets of sample labels");
            store.append(List.of(cpu().sample("a;b", 4, "k", "1").at(DAY, "cpu", "n", "2")));
            assertFull(store, cpu().sample("a;b", 1).at(DAY, "cpu", "n", "3"), "series of this day");
            assertThat(store.merge(query("cpu.samples")).total()).isEqualTo(7);
            assertThat(store.statistics().refused()).containsEntry("full", 3L);
        }
        try (DuckDbProfileStore store =
                DuckDbProfileStore.open(folder, limits(new DictionaryLimits(3, 100, 2, 2, 100, 1 << 20)))) {
            assertThat(store.merge(query("cpu.samples{k=\"1\"}")).total()).isEqualTo(4);
            assertThat(store.merge(query("cpu.samples")).total()).isEqualTo(7);
        }
    }

    @Test
    void aDayTakesSoManyProfiles() throws Exception {
        try (DuckDbProfileStore store =
                DuckDbProfileStore.open(folder, limits(new DictionaryLimits(100, 100, 10, 10, 2, 1 << 20)))) {
            store.append(List.of(cpu().sample("a", 1).at(DAY, "cpu")));
            assertThatExceptionOfType(StoreException.class)
                    .isThrownBy(() -> store.append(List.of(
                            cpu().sample("a", 1).at(DAY + 1, "cpu"),
                            cpu().sample("a", 1).at(DAY + 2, "cpu"))))
                    .withMessage("profiles of 2026-11-21: 3 (expected: at most 2)");
            store.append(List.of(cpu().sample("a", 1).at(DAY + 24 * HOUR, "cpu")));
        }
    }

    @Test
    void aDayHoldsSoManyBytesOfNames() throws Exception {
        DictionaryLimits small = new DictionaryLimits(1000, 1000, 100, 100, 100, 100_000);
        try (DuckDbProfileStore store = DuckDbProfileStore.open(folder, limits(small))) {
            store.append(List.of(cpu().sample("a", 1).at(DAY, "cpu")));
            // Each function has its name twice and in the name of its file.
            String words = "names and stacks of this day: more than 100000 bytes in memory (expected: at most that)";
            assertFull(store, cpu().sample("f" + "x".repeat(34_000), 1).at(DAY + 1, "cpu"), words);
            assertFull(store, cpu().sample("f" + "\u03b1".repeat(17_000), 1).at(DAY + 1, "cpu"), words);
            // Nothing of what was refused is left: there is room for two of a third of that.
            store.append(List.of(cpu().sample("f" + "x".repeat(12_000), 1).at(DAY + 2, "cpu")));
            store.append(List.of(cpu().sample("g" + "x".repeat(12_000), 1).at(DAY + 3, "cpu")));
            assertFull(store, cpu().sample("h" + "x".repeat(12_000), 1).at(DAY + 4, "cpu"), words);
            // What is known takes nothing more.
            store.append(List.of(cpu().sample("g" + "x".repeat(12_000), 1).at(DAY + 5, "cpu")));
            assertThat(store.statistics().refused()).containsEntry("full", 3L);
        }
        // What is stored is read under a smaller bound too.
        DictionaryLimits smaller = new DictionaryLimits(1000, 1000, 100, 100, 100, 10_000);
        try (DuckDbProfileStore store = DuckDbProfileStore.open(folder, limits(smaller))) {
            assertThat(store.merge(query("cpu.samples")).total()).isEqualTo(4);
            assertFull(store, cpu().sample("new", 1).at(DAY + 6, "cpu"), "more than 10000 bytes");
        }
    }

    @Test
    void aProfileTypeTakesSoManySampleTypes() throws Exception {
        try (DuckDbProfileStore store = DuckDbProfileStore.open(folder, StoreSettings.defaults())) {
            for (int i = 0; i < 32; i++) {
                store.append(List.of(ofSampleType("t" + i).at(DAY + i, "x")));
            }
            assertFull(store, ofSampleType("t32").at(DAY + 32, "x"), "sample types of x of this day: 33 distinct ones");
            store.append(List.of(ofSampleType("t31").at(DAY + 33, "x")));
            store.append(List.of(ofSampleType("t32").at(DAY + 34, "y")));
            assertThat(store.mergeAllValues(query("x")).size()).isPositive();
        }
    }

    private static TestProfiles ofSampleType(String name) {
        return TestProfiles.of(new ValueType(name, "count")).values("a", new long[] {1});
    }

    @Test
    void anAppendSpansFewDays() throws Exception {
        try (DuckDbProfileStore store = DuckDbProfileStore.open(folder, StoreSettings.defaults())) {
            List<NewProfile> week = IntStream.range(0, 7)
                    .mapToObj(day -> cpu().sample("a", 1).at(DAY + day * 24L * HOUR, "cpu"))
                    .toList();
            assertThatExceptionOfType(StoreException.class)
                    .isThrownBy(() -> store.append(week))
                    .withMessage("append: profiles of 7 days (expected: at most 4)");
            assertThat(store.merge(query("cpu")).size()).isZero();
            for (NewProfile profile : week) {
                store.append(List.of(profile));
            }
            assertThat(store.merge(query("cpu.samples", DAY, DAY + 7 * 24 * HOUR))
                            .total())
                    .isEqualTo(7);
        }
    }

    @Test
    void oneBadAppendOfAGroupFailsAlone() throws Exception {
        try (DataFolder data = DataFolder.open(folder);
                Days days = new Days(data, limits(new DictionaryLimits(4, 100, 10, 10, 100, 1 << 20)))) {
            List<Append> group = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                NewProfile profile = i == 2
                        ? cpu().sample("far;too;many;new", 1).at(DAY, "cpu")
                        : cpu().sample("a;b", 1).at(DAY + i * SECOND, "cpu");
                group.add(new Append(List.of(profile), new CompletableFuture<>()));
            }
            new Appender(days).commit(group);
            for (int i = 0; i < 5; i++) {
                assertThat(group.get(i).result().isCompletedExceptionally()).isEqualTo(i == 2);
                if (i != 2) {
                    assertThat(group.get(i).result().get()).isEqualTo(new AppendResult(1, 0));
                }
            }
        }
        try (DuckDbProfileStore store = DuckDbProfileStore.open(folder, StoreSettings.defaults())) {
            assertThat(store.merge(query("cpu.samples")).total()).isEqualTo(4);
        }
    }

    @Test
    void whatIsWrittenToIsSeenWhileItIsReadFrom() throws Exception {
        try (DuckDbProfileStore store = DuckDbProfileStore.open(folder, StoreSettings.defaults())) {
            Thread writer = Thread.ofPlatform().start(() -> {
                for (int i = 0; i < 60; i++) {
                    try {
                        store.append(List.of(cpu().sample("main;f" + i, 1).at(DAY + i, "cpu", "n", "" + i)));
                    } catch (StoreException e) {
                        throw new AssertionError(e);
                    }
                }
            });
            long last = 0;
            while (writer.isAlive()) {
                long total = store.merge(query("cpu.samples")).total();
                assertThat(total).isGreaterThanOrEqualTo(last);
                last = total;
            }
            writer.join();
            assertThat(store.merge(query("cpu.samples")).total()).isEqualTo(60);
        }
    }

    @Test
    void numberLabelsAreCountedAndDropped() throws Exception {
        try (DuckDbProfileStore store = DuckDbProfileStore.open(folder, StoreSettings.defaults())) {
            store.append(List.of(cpu().sampleAt("a;b", 12).sampleAt("a;b", 700).at(DAY, "cpu")));
            assertThat(store.statistics().numberLabelsDropped()).isEqualTo(2);
            assertThat(store.statistics().samplesStored()).isEqualTo(1);
            assertThat(store.labels(query("cpu"))).isEmpty();
            assertThat(store.merge(query("cpu.samples")).total()).isEqualTo(2);
        }
    }

    @Test
    void aClosedStoreRefuses() throws Exception {
        DuckDbProfileStore store = DuckDbProfileStore.open(folder, StoreSettings.defaults());
        store.append(List.of(cpu().sample("a", 1).at(DAY, "cpu")));
        store.close();
        assertThatExceptionOfType(StoreException.class)
                .isThrownBy(() -> store.append(List.of(cpu().sample("a", 1).at(DAY, "cpu"))))
                .matches(e -> e.reason() == StoreException.Reason.CLOSED);
        assertThatExceptionOfType(StoreException.class)
                .isThrownBy(() -> store.merge(query("cpu")))
                .matches(e -> e.reason() == StoreException.Reason.CLOSED);
        store.close();
    }

    private static void assertFull(DuckDbProfileStore store, NewProfile profile, String words) {
        assertThatExceptionOfType(StoreException.class)
                .isThrownBy(() -> store.append(List.of(profile)))
                .withMessageContaining(words)
                .matches(e -> e.reason() == StoreException.Reason.FULL);
    }
}
