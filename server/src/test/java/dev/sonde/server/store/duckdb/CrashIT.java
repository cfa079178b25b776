package dev.sonde.server.store.duckdb;

import static dev.sonde.server.store.TestProfiles.query;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sonde.server.store.StackTree;
import dev.sonde.server.store.StoredLocation;
import it.unimi.dsi.fastutil.ints.IntOpenHashSet;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills a process that appends, at random, and looks that all it acknowledged is there exactly once. More rounds:
 * {@code -Dsonde.crash.rounds=50}, other moments: {@code -Dsonde.crash.seed=N}.
 */
class CrashIT {

    private static final int ROUNDS = Integer.getInteger("sonde.crash.rounds", 3);
    private static final long SEED = Long.getLong("sonde.crash.seed", 1);

    /** How far a round goes back, so that it sends again what was acknowledged or was under way. */
    private static final int RETRIED = 40;

    @TempDir
    private Path folder;

    @Test
    void whatWasAcknowledgedIsThereExactlyOnce() throws Exception {
        Random random = new Random(SEED);
        IntOpenHashSet acknowledged = new IntOpenHashSet();
        int first = 0;
        for (int round = 0; round < ROUNDS; round++) {
            int last = appendUntilKilled(first, 1 + random.nextInt(400), random.nextInt(3000), acknowledged);
            check(acknowledged);
            first = Math.max(0, last - RETRIED);
        }
    }

    /** Returns the highest number acknowledged. */
    private int appendUntilKilled(int first, int afterLines, long afterMicros, IntOpenHashSet acknowledged)
            throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        CrashAppender.class.getName(),
                        folder.toString(),
                        Integer.toString(first))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        int highest = first;
        try (BufferedReader lines = process.inputReader(StandardCharsets.US_ASCII)) {
            int count = 0;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                int number = Integer.parseInt(line);
                acknowledged.add(number);
                highest = Math.max(highest, number);
                if (++count == afterLines) {
                    // Anywhere within a commit, which takes some milliseconds.
                    LockSupport.parkNanos(afterMicros * 1000);
                    // SIGKILL; by the handle, for Process.destroyForcibly throws away what is still in the pipe.
                    process.toHandle().destroyForcibly();
                }
            }
            assertThat(count).as("lines before the process ended").isGreaterThanOrEqualTo(afterLines);
        } finally {
            process.destroyForcibly();
            assertThat(process.waitFor()).as("exit status of a killed process").isEqualTo(137);
        }
        return highest;
    }

    private void check(IntOpenHashSet acknowledged) throws Exception {
        try (DuckDbProfileStore store = DuckDbProfileStore.open(folder, StoreSettings.defaults())) {
            StackTree tree = store.merge(query("cpu.samples"));
            IntOpenHashSet found = new IntOpenHashSet();
            long sum = 0;
            for (int i = 0; i < tree.size(); i++) {
                StoredLocation location = tree.locations().get(tree.location()[i]);
                String name = location.lines().getFirst().name();
                sum += tree.self()[i];
                if (name.startsWith("n")) {
                    assertThat(tree.self()[i]).as(name).isEqualTo(1);
                    found.add(Integer.parseInt(name.substring(1)));
                }
            }
            assertThat(found.containsAll(acknowledged)).isTrue();
            assertThat(tree.total()).isEqualTo(sum).isEqualTo(3L * found.size());
        }
    }
}
