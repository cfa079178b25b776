package dev.sonde.server.store.duckdb;

import static dev.sonde.server.store.Asking.asking;
import static dev.sonde.server.store.Asking.assertCancelled;
import static dev.sonde.server.store.TestProfiles.DAY;
import static dev.sonde.server.store.TestProfiles.cpu;
import static dev.sonde.server.store.TestProfiles.query;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sonde.server.store.Cancellation;
import dev.sonde.server.store.StoreException;
import dev.sonde.server.store.duckdb.DayPlaces.Purpose;
import dev.sonde.server.store.duckdb.day.Day;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A question that nobody waits for ends, wherever it is. */
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CancelledQuestionTest {

    @TempDir
    private Path folder;

    private DuckDbProfileStore withOneProfile() throws Exception {
        DuckDbProfileStore store = DuckDbProfileStore.open(folder, StoreSettings.defaults());
        store.append(List.of(cpu().sample("a;b", 1).at(DAY, "cpu")));
        return store;
    }

    @Test
    void nobodyWaitsForADayThatIsNotWantedAnyMore() throws Exception {
        withOneProfile().close();
        LocalDate date = Appender.dateOf(DAY);
        CountDownLatch opening = new CountDownLatch(1);
        CountDownLatch mayOpen = new CountDownLatch(1);
        Days.Opener slow = (day, file, settings) -> {
            opening.countDown();
            try {
                mayOpen.await();
            } catch (InterruptedException e) {
                throw new StoreException("opening: interrupted", e);
            }
            return Day.open(day, file, settings);
        };
        try (DataFolder data = DataFolder.open(folder);
                Days days = new Days(data, StoreSettings.defaults(), slow)) {
            Cancellation cancellation = new Cancellation();
            CompletableFuture<Void> asked =
                    asking(cancellation, () -> days.read(date, Purpose.READ).close());
            opening.await();
            cancellation.cancel();
            assertCancelled(asked);
            // The day itself is none the worse for it.
            mayOpen.countDown();
            try (Days.Use use = days.read(date, Purpose.READ)) {
                assertThat(use.day().date()).isEqualTo(date);
            }
        }
    }

    @Test
    void whatIsCancelledBeforeItBeginsDoesNothing() throws Exception {
        try (DuckDbProfileStore store = withOneProfile()) {
            Cancellation cancellation = new Cancellation();
            cancellation.cancel();
            assertCancelled(asking(cancellation, () -> store.merge(query("cpu.samples"))));
            assertThat(store.merge(query("cpu.samples")).total()).isEqualTo(1);
        }
    }
}
