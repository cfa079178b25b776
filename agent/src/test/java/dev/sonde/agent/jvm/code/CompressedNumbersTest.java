package dev.sonde.agent.jvm.code;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sonde.agent.fixture.OwnMemory;
import dev.sonde.agent.jvm.memory.MemoryPages;
import dev.sonde.agent.jvm.memory.ProcessMemory;
import dev.sonde.agent.jvm.memory.ProcessReadException;
import dev.sonde.agent.kernel.ffi.FfmLibc;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** Numbers as utilities/unsigned5.hpp defines them. */
class CompressedNumbersTest {

    /** Shared by two engines, Jupiter and jqwik, and so left open. */
    private static final OwnMemory OWN = new OwnMemory(2);

    private static final ProcessMemory MEMORY =
            ProcessMemory.of(new FfmLibc(), (int) ProcessHandle.current().pid());

    @Test
    void theEncodingsOfTheHeadersComment() throws Exception {
        // Without zero bytes: 0 is 01, 190 is BF, 191 is C0 01, 255 is C0 02.
        assertThat(read(true, 0x01, 0xbf, 0xc0, 0x01, 0xc0, 0x02)).isEqualTo(0);
        CompressedNumbers numbers = numbers(true, 0x01, 0xbf, 0xc0, 0x01, 0xc0, 0x02);
        assertThat(numbers.next()).isEqualTo(0);
        assertThat(numbers.next()).isEqualTo(190);
        assertThat(numbers.next()).isEqualTo(191);
        assertThat(numbers.next()).isEqualTo(255);
        // With them: 0 is 00, 191 is BF, 192 is C0 00.
        numbers = numbers(false, 0x00, 0xbf, 0xc0, 0x00);
        assertThat(numbers.next()).isEqualTo(0);
        assertThat(numbers.next()).isEqualTo(191);
        assertThat(numbers.next()).isEqualTo(192);
    }

    @Property(tries = 2000)
    void numbersComeBack(@ForAll int value, @ForAll boolean excludesZero) throws Exception {
        byte[] written = encode(value, excludesZero);
        assertThat(written.length).isLessThanOrEqualTo(5);
        assertThat(put(excludesZero, written).next()).isEqualTo(value);
        int sign = (value << 1) ^ (value >> 31);
        assertThat(put(excludesZero, encode(sign, excludesZero)).nextSigned()).isEqualTo(value);
    }

    @Property(tries = 2000)
    void damagedBytesEndInANumberOrARefusal(@ForAll @Size(max = 12) byte[] bytes, @ForAll boolean excludesZero) {
        CompressedNumbers numbers = put(excludesZero, bytes);
        int read = 0;
        try {
            while (true) {
                numbers.next();
                read++;
            }
        } catch (ProcessReadException e) {
            assertThat(e.reason()).isEqualTo(ProcessReadException.Reason.IMPLAUSIBLE);
            assertThat(read).isLessThanOrEqualTo(bytes.length);
        }
    }

    @Test
    void nothingIsReadBehindTheLimit() {
        CompressedNumbers numbers = numbers(false, 0xc0);
        assertThatExceptionOfType(ProcessReadException.class)
                .isThrownBy(numbers::next)
                .withMessageContaining("below");
    }

    private static int read(boolean excludesZero, int... bytes) throws ProcessReadException {
        return numbers(excludesZero, bytes).next();
    }

    private static CompressedNumbers numbers(boolean excludesZero, int... bytes) {
        byte[] all = new byte[bytes.length];
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) bytes[i];
        }
        return put(excludesZero, all);
    }

    /** The bytes end where nothing is mapped. */
    private static CompressedNumbers put(boolean excludesZero, byte[] bytes) {
        long at = OWN.end() - bytes.length;
        MemorySegment.copy(bytes, 0, OWN.segment(), JAVA_BYTE, at - OWN.address(), bytes.length);
        CompressedNumbers numbers = new CompressedNumbers(new MemoryPages(MEMORY, 2), excludesZero);
        numbers.seek(at, OWN.end());
        return numbers;
    }

    /** As the header writes: digits in base 64 above the lowest 192 (or 191) values. */
    private static byte[] encode(int value, boolean excludesZero) {
        int excluded = excludesZero ? 1 : 0;
        int low = 192 - excluded;
        long rest = Integer.toUnsignedLong(value);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; i < 4 && rest >= low; i++) {
            rest -= low;
            out.write((int) (low + excluded + (rest & 63)));
            rest >>>= 6;
        }
        out.write((int) (rest + excluded));
        return out.toByteArray();
    }
}
