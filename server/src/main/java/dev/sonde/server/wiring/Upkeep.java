package dev.sonde.server.wiring;

import dev.sonde.server.store.ProfileStore;
import dev.sonde.server.store.StoreException;
import dev.sonde.server.symbols.Symbols;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What has to be done now and then, in one thread: a failure is logged, and tried again the next time. */
final class Upkeep implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Upkeep.class);

    /** New names are on disk this soon. */
    private static final Duration TIDY_INTERVAL = Duration.ofSeconds(2);

    /** Retention goes by days; more often than daily, so that a server that was stopped at night drops too. */
    private static final Duration RETENTION_INTERVAL = Duration.ofHours(1);

    private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("sonde-upkeep").daemon().factory());

    private interface Task {
        void run() throws IOException, StoreException;
    }

    /** Begins. */
    static Upkeep start(ProfileStore store, Symbols symbols, Duration retention, Clock clock) {
        Upkeep upkeep = new Upkeep();
        upkeep.every(TIDY_INTERVAL, "tidying symbols", symbols::tidy);
        upkeep.every(RETENTION_INTERVAL, "retention", () -> {
            long bytes = store.dropBefore(clock.instant().minus(retention));
            if (bytes > 0) {
                LOG.info("dropped {} bytes of profiles older than {}", bytes, retention);
            }
            symbols.trimDisk();
        });
        return upkeep;
    }

    private void every(Duration interval, String what, Task task) {
        var _ = executor.scheduleWithFixedDelay(
                () -> {
                    try {
                        task.run();
                    } catch (IOException | StoreException | RuntimeException e) {
                        LOG.error("{} failed", what, e);
                    }
                },
                1,
                interval.toSeconds(),
                TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        executor.close();
    }
}
