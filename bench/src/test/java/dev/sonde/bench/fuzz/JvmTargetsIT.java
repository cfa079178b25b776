package dev.sonde.bench.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sonde.agent.jvm.layout.VmLayout;
import dev.sonde.agent.jvm.names.JavaFrame;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The short form of {@code sonde bench fuzz} for the readers of JVMs: the same damage each time, to this very JVM. */
class JvmTargetsIT {

    private static final int LAYOUTS = 150;
    private static final int NAMES = 5_000;

    @TempDir
    private static Path folder;

    private static JvmRecording recording;

    @BeforeAll
    static void record() throws Exception {
        Path file = folder.resolve("recording");
        JvmRecording.record(folder, 20).write(file);
        recording = JvmRecording.read(file);
        assertThat(recording.frames()).hasSizeGreaterThan(10);
    }

    @Test
    void damagedTablesMakeALayoutOrARefusal() {
        byte[] seed = JvmLayoutTarget.seed(recording, 300);
        int sound = JvmLayoutTarget.blobs(recording, seed);
        assertThat(sound).isGreaterThan(300);
        int noticed = 0;
        Random random = new Random(1);
        for (int i = 0; i < LAYOUTS; i++) {
            int blobs = JvmLayoutTarget.blobs(recording, damaged(seed, 0, random));
            // Refused, or read as other blobs.
            noticed += blobs != sound ? 1 : 0;
        }
        assertThat(noticed).isPositive();
    }

    @Test
    void damagedMethodsAndScopesMakeNamesOrNone() {
        VmLayout layout = JvmNamesTarget.layout(recording);
        Random random = new Random(1);
        int unnamed = 0;
        int others = 0;
        for (int frame = 0; frame < 4; frame++) {
            byte[] seed = JvmNamesTarget.seed(recording, layout, frame);
            assertThat(seed.length).as("places that tell").isGreaterThan(10 * RecordedMemory.PIECE_BYTES);
            JavaFrame sound = JvmNamesTarget.name(recording, layout, seed);
            assertThat(sound).isInstanceOf(JavaFrame.Named.class);
            for (int i = 0; i < NAMES / 4; i++) {
                JavaFrame found = JvmNamesTarget.name(recording, layout, damaged(seed, 1, random));
                unnamed += found instanceof JavaFrame.Unnamed ? 1 : 0;
                others += found instanceof JavaFrame.Named && !found.equals(sound) ? 1 : 0;
            }
        }
        assertThat(unnamed).isPositive();
        assertThat(others).isPositive();
    }

    /** One byte of what an input has, or up to a dozen, at its places. */
    private static byte[] damaged(byte[] seed, int from, Random random) {
        byte[] input = seed.clone();
        int pieces = (seed.length - from) / RecordedMemory.PIECE_BYTES;
        for (int i = 1 + random.nextInt(random.nextBoolean() ? 1 : 12); i > 0; i--) {
            int piece = from + random.nextInt(pieces) * RecordedMemory.PIECE_BYTES;
            input[piece + Integer.BYTES + random.nextInt(Long.BYTES)] = (byte) random.nextInt();
        }
        return input;
    }
}
