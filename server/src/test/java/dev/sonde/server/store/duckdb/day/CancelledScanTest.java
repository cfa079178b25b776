package dev.sonde.server.store.duckdb.day;

import static dev.sonde.server.store.Asking.asking;
import static dev.sonde.server.store.Asking.assertCancelled;

import dev.sonde.server.store.Cancellation;
import dev.sonde.server.store.dictionary.DictionaryLimits;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A scan that nobody waits for ends, wherever it is. */
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CancelledScanTest {

    /** Some 10^15 rows. */
    private static final String ENDLESS = "SELECT a.range + b.range FROM range(40000000) a, range(40000000) b";

    @TempDir
    private Path folder;

    private Day emptyDay() throws Exception {
        return Day.open(
                LocalDate.EPOCH,
                folder.resolve("day.duckdb"),
                new DaySettings(64 << 20, 1, DictionaryLimits.defaults()));
    }

    @Test
    void aScanEndsBetweenItsChunks() throws Exception {
        try (Day day = emptyDay();
                DayReader reader = day.read()) {
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
        try (Day day = emptyDay();
                DayReader reader = day.read()) {
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
}
