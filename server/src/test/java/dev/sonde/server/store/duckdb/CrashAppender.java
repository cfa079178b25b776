package dev.sonde.server.store.duckdb;

import static dev.sonde.server.store.TestProfiles.DAY;
import static dev.sonde.server.store.TestProfiles.HOUR;
import static dev.sonde.server.store.TestProfiles.SECOND;
import static dev.sonde.server.store.TestProfiles.cpu;

import dev.sonde.server.store.NewProfile;
import dev.sonde.server.store.StoreException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** The process that {@link CrashIT} kills: appends numbered profiles and prints each number once it is acknowledged. */
final class CrashAppender {

    private static final int THREADS = 4;

    private CrashAppender() {}

    /** Arguments: data folder, first number. Runs until it is killed. */
    public static void main(String[] args) throws Exception {
        DuckDbProfileStore store = DuckDbProfileStore.open(Path.of(args[0]), StoreSettings.defaults());
        AtomicInteger next = new AtomicInteger(Integer.parseInt(args[1]));
        for (int i = 1; i < THREADS; i++) {
            Thread.ofPlatform().start(() -> append(store, next));
        }
        append(store, next);
    }

    private static void append(DuckDbProfileStore store, AtomicInteger next) {
        while (true) {
            int number = next.getAndIncrement();
            try {
                store.append(List.of(profile(number)));
            } catch (StoreException e) {
                throw new IllegalStateException("append of " + number, e);
            }
            synchronized (System.out) {
                System.out.println(number);
                System.out.flush();
            }
        }
    }

    /** Always the same profile for a number, so that sending it again is a retry; some lie in the day before. */
    static NewProfile profile(int number) {
        long day = number % 3 == 0 ? DAY - 24 * HOUR : DAY;
        return cpu().sample("main;n" + number, 1)
                .sample("main;shared" + number % 7, 2)
                .at(day + number * SECOND / 10, "cpu", "shard", Integer.toString(number % 5));
    }
}
