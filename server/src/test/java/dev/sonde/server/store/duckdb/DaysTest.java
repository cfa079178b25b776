package dev.sonde.server.store.duckdb;

import static dev.sonde.server.store.Asking.awaitQuietly;
import static dev.sonde.server.store.TestProfiles.DAY;
import static dev.sonde.server.store.TestProfiles.HOUR;
import static dev.sonde.server.store.TestProfiles.cpu;
import static dev.sonde.server.store.TestProfiles.query;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sonde.model.TimeRange;
import dev.sonde.server.store.NewProfile;
import dev.sonde.server.store.ProfileStore.AppendResult;
import dev.sonde.server.store.StoreException;
import dev.sonde.server.store.dictionary.DictionaryLimits;
import dev.sonde.server.store.duckdb.DayPlaces.Purpose;
import dev.sonde.server.store.duckdb.GroupCommit.Append;
import dev.sonde.server.store.duckdb.day.BrokenDayException;
import dev.sonde.server.store.duckdb.day.Day;
import dev.sonde.server.store.duckdb.day.DaySettings;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Which days are opened, and who waits for it. */
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DaysTest {

    private static final LocalDate TODAY = Appender.dateOf(DAY);
    private static final LocalDate OLD = TODAY.minusDays(5);
    private static final TimeRange WEEK = new TimeRange(DAY - 7 * 24 * HOUR, DAY + 24 * HOUR);

    @TempDir
    private Path folder;

    /** How often each date was opened since the week was made. */
    private final Map<LocalDate, Integer> opened = new ConcurrentHashMap<>();

    private static StoreSettings settings(int maxOpenDays) {
        return new StoreSettings(new DaySettings(64 << 20, 1, DictionaryLimits.defaults()), maxOpenDays, 1 << 20, 8);
    }

    private static NewProfile profile(int daysBack, String service) {
        return cpu().sample("a;b", 1, "thread", "t" + daysBack)
                .at(DAY - daysBack * 24L * HOUR, "cpu", "service", service);
    }

    @BeforeEach
    void aWeek() throws Exception {
        try (DuckDbProfileStore store = DuckDbProfileStore.open(folder, settings(2))) {
            for (int back = 6; back >= 0; back--) {
                store.append(List.of(profile(back, "s" + back)));
            }
        }
    }

    private Day counted(LocalDate date, Path file, DaySettings settings) throws StoreException, BrokenDayException {
        opened.merge(date, 1, Integer::sum);
        return Day.open(date, file, settings);
    }

    private static AppendResult append(Days days, NewProfile profile) throws Exception {
        Append append = new Append(List.of(profile), new CompletableFuture<>());
        new Appender(days).commit(List.of(append));
        return append.result().get();
    }

    @Test
    void nobodyWaitsForTheOpeningOfAnotherDay() throws Exception {
        CountDownLatch opening = new CountDownLatch(1);
        CountDownLatch mayOpen = new CountDownLatch(1);
        Days.Opener slow = (date, file, settings) -> {
            if (date.equals(OLD)) {
                opening.countDown();
                awaitQuietly(mayOpen);
            }
            return counted(date, file, settings);
        };
        try (DataFolder data = DataFolder.open(folder);
                Days days = new Days(data, settings(3), slow)) {
            CompletableFuture<LocalDate> first = reading(days, OLD);
            opening.await();
            CompletableFuture<LocalDate> second = reading(days, OLD);

            assertThat(append(days, profile(0, "new"))).isEqualTo(new AppendResult(1, 0));
            assertThat(days.dates()).hasSize(7);
            assertThat(first).isNotDone();

            mayOpen.countDown();
            assertThat(first.get()).isEqualTo(OLD);
            assertThat(second.get()).isEqualTo(OLD);
            assertThat(opened).containsEntry(OLD, 1);
        }
    }

    private static CompletableFuture<LocalDate> reading(Days days, LocalDate date) {
        CompletableFuture<LocalDate> read = new CompletableFuture<>();
        Thread.ofPlatform().daemon().start(() -> {
            try (Days.Use use = days.read(date, Purpose.READ)) {
                read.complete(use.day().date());
            } catch (StoreException e) {
                read.completeExceptionally(e);
            }
        });
        return read;
    }

    @Test
    void theDaysThatAreWrittenToStayOpen() throws Exception {
        try (DataFolder data = DataFolder.open(folder);
                Days days = new Days(data, settings(3), this::counted)) {
            append(days, profile(0, "new"));
            for (int round = 0; round < 2; round++) {
                for (int back = 2; back <= 6; back++) {
                    days.read(TODAY.minusDays(back), Purpose.READ).close();
                }
                append(days, profile(0, "new" + round));
            }
            assertThat(opened).containsEntry(TODAY, 1).containsEntry(TODAY.minusDays(1), 1);
            // Beside them there is room for one day only.
            assertThat(opened).containsEntry(TODAY.minusDays(3), 2);
        }
    }

    @Test
    void aQuestionAboutMoreDaysThanMayBeOpenFindsSomeOpenWhenItIsAskedAgain() throws Exception {
        try (DuckDbProfileStore store = DuckDbProfileStore.open(folder, settings(2))) {
            for (int back = 7; back <= 9; back++) {
                store.append(List.of(profile(back, "s" + back)));
            }
        }
        TimeRange tenDays = new TimeRange(DAY - 9 * 24 * HOUR, DAY + 24 * HOUR);
        try (DataFolder data = DataFolder.open(folder);
                Days days = new Days(data, settings(4), this::counted)) {
            DayReads reads = new DayReads(data, days);
            assertThat(openings(reads, tenDays)).isEqualTo(10);
            for (int round = 0; round < 3; round++) {
                // One place is passed through; what the others hold is found in them, at least three days.
                assertThat(openings(reads, tenDays)).isBetween(6, 7);
            }
        }
    }

    @Test
    void aQuestionAboutVeryManyDaysTakesOnePlaceOfThoseAskedOneByOne() throws Exception {
        try (DataFolder data = DataFolder.open(folder);
                Days days = new Days(data, settings(4), this::counted)) {
            DayReads reads = new DayReads(data, days);
            for (int back = 6; back >= 3; back--) {
                days.read(TODAY.minusDays(back), Purpose.READ).close();
            }
            openings(reads, WEEK);
            openings(reads, WEEK);
            opened.clear();
            for (int back = 5; back >= 3; back--) {
                days.read(TODAY.minusDays(back), Purpose.READ).close();
            }
            assertThat(opened).isEmpty();
        }
    }

    /** Asks all days of a range; how many were opened for it. */
    private int openings(DayReads reads, TimeRange range) throws StoreException {
        opened.clear();
        reads.in(range).forEach(reader -> {});
        return opened.values().stream().mapToInt(Integer::intValue).sum();
    }

    @Test
    void typesAndLabelsOfDaysSeenBeforeAreToldWithoutOpeningThem() throws Exception {
        try (DataFolder data = DataFolder.open(folder);
                Days days = new Days(data, settings(2), this::counted)) {
            DayCatalog catalog = new DayCatalog(new DayReads(data, days), days.summaries());
            assertThat(services(catalog, "cpu")).hasSize(7);
            assertThat(opened).hasSize(7);
            opened.clear();
            // Which days still are open is no matter here: all are closed.
            days.reopenLater(days.dates());

            assertThat(services(catalog, "cpu")).hasSize(7);
            assertThat(services(catalog, "cpu{thread=~\"t[23]\"}")).containsExactly("s2", "s3");
            assertThat(services(catalog, "heap")).isNull();
            assertThat(catalog.types(WEEK).summaries()).hasSize(1);
            assertThat(catalog.extent().orElseThrow().fromNanos()).isEqualTo(DAY - 6 * 24 * HOUR);
            assertThat(opened).isEmpty();

            append(days, profile(4, "late"));
            opened.clear();
            assertThat(services(catalog, "cpu")).hasSize(8).contains("late");
            assertThat(opened.keySet()).doesNotContain(TODAY, TODAY.minusDays(6));
        }
    }

    private static Set<String> services(DayCatalog catalog, String selector) throws StoreException {
        return catalog.labels(query(selector, WEEK.fromNanos(), WEEK.toNanos())).get("service");
    }
}
