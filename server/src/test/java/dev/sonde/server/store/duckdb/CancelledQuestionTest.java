package dev.sonde.server.store.duckdb;

import static dev.sonde.server.store.TestProfiles.DAY;
import static dev.sonde.server.store.TestProfiles.cpu;
import static dev.sonde.server.store.TestProfiles.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sonde.server.store.Cancellation;
import dev.sonde.server.store.StoreException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A question that nobody waits for ends, wherever it is. */
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CancelledQuestionTest {

    /** Some 10^15 rows. */
    private static final String ENDLESS = "SELECT a.range + b.range FROM range(40000000) a, range(40000000) b";

    @TempDir
    private Path folder;

    private interface Question {
        void ask() throws Exception;
    }

    private static CompletableFuture<Void> asking(Cancellation cancellation, Question question) {
        CompletableFuture<Void> asked = new CompletableFuture<>();
        Thread.ofPlatform().daemon().start(() -> {
            try {
                cancellation.call(() -> {
                    question.ask();
                    return null;
                });
                asked.complete(null);
            } catch (Exception e) {
                asked.completeExceptionally(e);
            }
        });
        return asked;
    }

    private static void assertCancelled(CompletableFuture<Void> asked) {
        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(asked::get)
                .havingCause()
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.reason()).isEqualTo(StoreException.Reason.CANCELLED));
    }

    private DuckDbProfileStore withOneProfile() throws Exception {
        DuckDbProfileStore store = DuckDbProfileStore.open(folder, StoreSettings.defaults());
        store.append(List.of(cpu().sample("a;b", 1).at(DAY, "cpu")));
        return store;
    }

    @Test
    void aScanEndsBetweenItsChunks() throws Exception {
        withOneProfile().close();
        try (DataFolder data = DataFolder.open(folder);
                Days days = new Days(data, StoreSettings.defaults());
                Days.Use use = days.read(Appender.dateOf(DAY));
                DayReader reader = use.day().read()) {
            Cancellation cancellation = new Cancellation();
            CountDownLatch underWay = new CountDownLatch(1);
            CompletableFuture<Void> asked = asking(
                    cancellation, () -> Scan.chunks(reader.connection(), ENDLESS, chunk -> underWay.countDown()));
            underWay.await();
            cancellation.cancel();
            assertCancelled(asked);
        }
    }

    @Test
    void aStatementThatHasNoRowsYetIsInterrupted() throws Exception {
        withOneProfile().close();
        try (DataFolder data = DataFolder.open(folder);
                Days days = new Days(data, StoreSettings.defaults());
                Days.Use use = days.read(Appender.dateOf(DAY));
                DayReader reader = use.day().read()) {
            Cancellation cancellation = new Cancellation();
            CompletableFuture<Void> asked = asking(
                    cancellation,
                    () -> Scan.chunks(
                            reader.connection(), "SELECT sum(range) FROM (" + ENDLESS + ") s(range)", chunk -> {}));
            // It gives no other sign of being under way.
            while (!isInStatement()) {
                LockSupport.parkNanos(1_000_000);
            }
            cancellation.cancel();
            assertCancelled(asked);
        }
    }

    private static boolean isInStatement() {
        return Thread.getAllStackTraces().values().stream()
                .anyMatch(stack -> stack.length > 0
                        && stack[0].getClassName().equals("org.duckdb.DuckDBNative")
                        && stack[0].getMethodName().contains("execute"));
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
                    asking(cancellation, () -> days.read(date).close());
            opening.await();
            cancellation.cancel();
            assertCancelled(asked);
            // The day itself is none the worse for it.
            mayOpen.countDown();
            try (Days.Use use = days.read(date)) {
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
