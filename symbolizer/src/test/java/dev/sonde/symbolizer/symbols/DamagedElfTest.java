package dev.sonde.symbolizer.symbols;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sonde.symbolizer.fixture.Fuzz;
import dev.sonde.symbolizer.fixture.SystemFiles;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

/** Real and hand-made files, damaged. {@code -Dsonde.fuzz.rounds=1000000} makes the long form of it. */
class DamagedElfTest {

    private static final int FEW_ROUNDS = 3000;

    private final byte[] java = read("bin/java");
    private final byte[] small = withDebugdata();

    @Property(tries = 300)
    void anyCutIsAnExceptionOrAnAnswer(@ForAll @IntRange(max = 20_000) int length) throws IOException {
        DamagedElf.survives(Arrays.copyOf(java, Math.min(length, java.length)));
    }

    @Property(tries = 1000)
    void anyByteOfTheHeadersMayBeAnything(@ForAll @IntRange(max = 1023) int at, @ForAll byte value) throws IOException {
        byte[] bytes = java.clone();
        bytes[at] = value;
        DamagedElf.survives(bytes);
    }

    @Property(tries = 1000)
    void anyByteOfTheSectionHeadersMayBeAnything(@ForAll @IntRange(max = 2047) int fromEnd, @ForAll byte value)
            throws IOException {
        byte[] bytes = java.clone();
        bytes[bytes.length - 1 - fromEnd] = value;
        DamagedElf.survives(bytes);
    }

    @Test
    void undamagedFilesAreReadable() throws IOException {
        assertThat(DamagedElf.survives(java)).isTrue();
        assertThat(DamagedElf.survives(small)).isTrue();
    }

    @Test
    @Tag("fuzz")
    void manyRoundsOfDamage() throws IOException {
        int readable = 0;
        int rounds = Fuzz.rounds(FEW_ROUNDS);
        for (int i = 0; i < rounds; i++) {
            byte[] damaged = Fuzz.damaged(i % 2 == 0 ? java : small, new Random(i));
            try {
                readable += DamagedElf.survives(damaged) ? 1 : 0;
            } catch (RuntimeException | AssertionError | StackOverflowError e) {
                throw new AssertionError("round " + i, e);
            }
        }
        // Neither all refused nor all accepted: the damage reaches beyond the first check.
        assertThat(readable).isBetween(rounds / 20, rounds - rounds / 20);
    }

    private static byte[] read(String name) {
        try {
            return Files.readAllBytes(SystemFiles.jdk(name));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** A file with symbols of its own and an inner file with more. */
    private static byte[] withDebugdata() {
        try {
            TestElf outer = new TestElf();
            TestElf inner = new TestElf();
            for (int i = 0; i < 50; i++) {
                outer.function("outer" + i, 0x1000 + 32 * i, 16);
                inner.function("inner" + i, 0x1010 + 32 * i, 16);
            }
            ByteArrayOutputStream packed = new ByteArrayOutputStream();
            try (XZOutputStream xz = new XZOutputStream(packed, new LZMA2Options(0))) {
                xz.write(inner.bytes());
            }
            return outer.debugdata(packed.toByteArray()).bytes();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
