package dev.sonde.symbolizer.symbols;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sonde.symbolizer.elf.ElfException;
import dev.sonde.symbolizer.elf.ElfException.Reason;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

class MiniDebuginfoTest {

    @Test
    void addsItsSymbolsToThoseOfTheFile() throws IOException {
        byte[] packed = pack(new TestElf().function("inner", 0x1100, 16).bytes(), 0);
        SymbolTable table =
                new TestElf().function("outer", 0x1000, 0).debugdata(packed).table();
        assertThat(table.lookup(0x10ff).name()).isEqualTo("outer");
        assertThat(table.lookup(0x1105).name()).isEqualTo("inner");
        assertThat(table.lookup(0x1110)).isNull();
    }

    @Test
    void readsTheStrongestPreset() throws IOException {
        byte[] packed = pack(new TestElf().function("inner", 0x1100, 16).bytes(), 9);
        assertThat(new TestElf().debugdata(packed).table().size()).isEqualTo(1);
    }

    @Test
    void aBombEndsEarly() throws IOException {
        byte[] bomb = pack(new byte[65 << 20], 0);
        assertThat(bomb.length).isLessThan(1 << 20);
        refused(() -> new TestElf().debugdata(bomb).table(), Reason.TOO_LARGE, "unpacks to more than 67108864 bytes");
    }

    @Test
    void aDecoderThatWantsTooMuchMemoryIsRefused() throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        LZMA2Options options = new LZMA2Options(0);
        options.setDictSize(96 << 20);
        try (XZOutputStream xz = new XZOutputStream(packed, options)) {
            xz.write(new TestElf().bytes());
        }
        refused(
                () -> new TestElf().debugdata(packed.toByteArray()).table(),
                Reason.MALFORMED,
                "at most 64 MiB dictionary");
    }

    @Test
    void whatIsNotXzIsRefused() {
        refused(() -> new TestElf().debugdata(new byte[100]).table(), Reason.MALFORMED, "an xz stream");
    }

    private static byte[] pack(byte[] bytes, int preset) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (XZOutputStream xz = new XZOutputStream(packed, new LZMA2Options(preset))) {
            xz.write(bytes);
        }
        return packed.toByteArray();
    }

    private static void refused(ThrowingCallable action, Reason reason, String message) {
        assertThatThrownBy(action)
                .isInstanceOfSatisfying(
                        ElfException.class, e -> assertThat(e.reason()).isEqualTo(reason))
                .hasMessageContaining(message);
    }
}
