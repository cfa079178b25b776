package dev.sonde.symbolizer.cfi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sonde.symbolizer.elf.ElfException;
import dev.sonde.symbolizer.elf.ElfFile;
import dev.sonde.symbolizer.fixture.Fuzz;
import dev.sonde.symbolizer.fixture.SystemFiles;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Frame information of real and hand-made files, damaged. {@code -Dsonde.fuzz.rounds=1000000} makes the long form. */
class DamagedFramesTest {

    private static final int FEW_ROUNDS = 3000;

    /** Windows and tables of a file of some KiB; a count in it that is believed would be far above. */
    private static final long MOST_ALLOCATED_BYTES = 24L << 20;

    @Test
    @Tag("fuzz")
    void manyRoundsOfDamage() throws IOException {
        List<byte[]> files = List.of(
                Files.readAllBytes(SystemFiles.jdk("bin/java")),
                Files.readAllBytes(SystemFiles.jdk("lib/libjimage.so")),
                handMade().file(true),
                handMade().file(false));
        int rounds = Fuzz.rounds(FEW_ROUNDS);
        int readable = 0;
        for (int i = 0; i < rounds; i++) {
            byte[] damaged = damaged(files.get(i % files.size()), new Random(i));
            try {
                readable += survives(damaged) ? 1 : 0;
            } catch (RuntimeException | AssertionError | StackOverflowError e) {
                throw new AssertionError("round " + i, e);
            }
        }
        // Neither all refused nor all accepted: the damage reaches beyond the first check.
        assertThat(readable).isBetween(rounds / 20, rounds - rounds / 50);
    }

    /** Half of the rounds damage frame information alone, as far as the file shows where it lies. */
    private static byte[] damaged(byte[] file, Random random) throws IOException {
        if (random.nextBoolean()) {
            return Fuzz.damaged(file, random);
        }
        byte[] copy = file.clone();
        try (ElfFile elf = ElfFile.of(MemorySegment.ofArray(copy))) {
            var section = elf.sections().stream()
                    .filter(candidate -> candidate.name().equals(".eh_frame")
                            || (random.nextBoolean() && candidate.name().equals(".eh_frame_hdr")))
                    .findFirst();
            if (section.isEmpty()) {
                return Fuzz.damaged(file, random);
            }
            int at = (int) section.get().offset();
            byte[] part = java.util.Arrays.copyOfRange(
                    copy, at, at + (int) section.get().sizeBytes());
            byte[] worse = Fuzz.damaged(part, random);
            System.arraycopy(worse, 0, copy, at, worse.length);
            return copy;
        }
    }

    /** Reads a damaged file: true where there is a table, which is then sound, false where there is an exception. */
    static boolean survives(byte[] bytes) throws IOException {
        long before = Fuzz.allocatedBytes();
        try (ElfFile file = ElfFile.of(MemorySegment.ofArray(bytes));
                UnwindTable table = UnwindTable.read(file)) {
            long[] last = {table.layout().base() - 1};
            int[] rows = {0};
            table.forEachRow((pc, rule) -> {
                assertThat(pc).isGreaterThan(last[0]);
                assertThat(table.rules().get(rule).cfaText()).isNotEmpty();
                last[0] = pc;
                rows[0]++;
            });
            assertThat(rows[0]).isLessThanOrEqualTo(bytes.length);
            return true;
        } catch (ElfException e) {
            assertThat(e.getMessage()).contains("(expected: ");
            return false;
        } finally {
            assertThat(Fuzz.allocatedBytes() - before).isLessThan(MOST_ALLOCATED_BYTES);
        }
    }

    private static FrameImage handMade() {
        FrameImage image = new FrameImage();
        int plain = image.usualCie();
        int signal = image.cie("zRS", new int[] {0x03}, FrameImage.USUAL);
        long[] pairs = new long[60];
        for (int i = 0; i < 29; i++) {
            pairs[2 * i] = 0x1000L + 64L * i;
            pairs[2 * i + 1] = image.fde(
                    plain,
                    0x1000 + 64 * i,
                    60,
                    0x41,
                    0x0e,
                    16,
                    0x86,
                    2,
                    0x0a,
                    0x44,
                    0x0f,
                    5,
                    0x77,
                    40,
                    0x06,
                    0x23,
                    8,
                    0x48,
                    0x0b,
                    0x02,
                    4,
                    0x0c,
                    7,
                    8,
                    0x09,
                    6,
                    9,
                    0x10,
                    3,
                    2,
                    0x76,
                    0x10);
        }
        pairs[58] = 0x2000;
        pairs[59] = image.rawFde(signal, 0, 0x20, 0, 0, 0x10, 0, 0, 0, 0, 0x0f, 4, 0x77, 0xa0, 1, 0x06);
        return image.header(pairs);
    }
}
