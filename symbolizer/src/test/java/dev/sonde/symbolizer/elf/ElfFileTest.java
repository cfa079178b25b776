package dev.sonde.symbolizer.elf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sonde.symbolizer.elf.ElfException.Reason;
import dev.sonde.symbolizer.fixture.SystemFiles;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ElfFileTest {

    @TempDir
    Path directory;

    @Test
    void refusesWhatIsNotElf() {
        refused(() -> ElfFile.of(MemorySegment.ofArray(new byte[0])), Reason.NOT_ELF, "7f 45 4c 46");
        refused(
                () -> ElfFile.of(MemorySegment.ofArray("#!/bin/sh".getBytes(StandardCharsets.US_ASCII))),
                Reason.NOT_ELF,
                "an ELF file");
        refused(() -> ElfFile.open(directory), Reason.NOT_ELF, "not a regular file");
        refused(() -> ElfFile.open(Path.of("/dev/null")), Reason.NOT_ELF, "not a regular file");
    }

    @Test
    void refusesOtherKindsWithASentence() {
        refused(() -> image().u8(4, 1), Reason.UNSUPPORTED, "EI_CLASS: 1 (expected: 2, a 64-bit file");
        refused(() -> image().u8(5, 2), Reason.UNSUPPORTED, "EI_DATA: 2 (expected: 1, little-endian");
        refused(() -> image().u16(18, 183), Reason.UNSUPPORTED, "e_machine: 183 (expected: 62, x86-64");
    }

    @Test
    void namesFieldValueAndExpectation() {
        refused(() -> new ElfImage(64).programHeaders(1), Reason.MALFORMED, "e_phoff: 56 bytes at 0x40");
        refused(() -> image().programHeaders(1).u16(54, 3), Reason.MALFORMED, "e_phentsize: 3 (expected: 56)");
        refused(() -> image().programHeaders(1171), Reason.TOO_LARGE, "e_phnum: 1171 (expected: at most 1170)");
        refused(() -> image().u32(20, 2), Reason.MALFORMED, "e_version: 2 (expected: 1)");
        refused(
                () -> image().programHeaders(1).programHeader(0, 1, 0, 0, 2, 1),
                Reason.MALFORMED,
                "p_filesz: 2 (expected: at most p_memsz 1)");
        refused(
                () -> image().programHeaders(1).programHeader(0, 1, Long.MAX_VALUE, 0, 2, 2),
                Reason.MALFORMED,
                "below 2^63");
        refused(
                () -> image().programHeaders(1).programHeader(0, 1, 0, -1, 2, 2),
                Reason.MALFORMED,
                "does not wrap around");
    }

    @Test
    void refusesBrokenSectionHeadersButKeepsTheSegments() throws IOException {
        ElfImage image = image().programHeaders(1).programHeader(0, 1, 0, 0x1000, 64, 64);
        image.i64(40, 1 << 20).u16(60, 3);
        ElfFile file = ElfFile.of(image.segment());
        assertThat(file.loadSegments()).containsExactly(new LoadSegment(0, 0x1000, 64, 64, 5));
        assertThat(file.gnuBuildId()).isEmpty();
        assertThatThrownBy(file::sections).isInstanceOf(ElfException.class).hasMessageContaining("e_shoff");
    }

    @Test
    void boundsTheNumberOfSections() throws IOException {
        ElfImage image = image().i64(40, 64).i64(64 + 32, 0xff01);
        ElfFile file = ElfFile.of(image.segment());
        refused(file::sections, Reason.TOO_LARGE, "e_shnum: 65281 (expected: at most 65280)");
    }

    @Test
    void aTruncatedFileIsAnExceptionWhileOpen() throws IOException {
        Path copy = Files.copy(SystemFiles.jdk("lib/libjli.so"), directory.resolve("shrinking"));
        try (ElfFile file = ElfFile.open(copy)) {
            try (RandomAccessFile shrinking = new RandomAccessFile(copy.toFile(), "rw")) {
                shrinking.setLength(100);
            }
            assertThatThrownBy(file::sections)
                    .isInstanceOf(ElfException.class)
                    .hasMessageContaining("ends at")
                    .hasMessageContaining("bytes it had when opened");
        }
    }

    @Test
    void aTruncatedMappingIsAnExceptionToo() throws IOException {
        Path copy = Files.copy(SystemFiles.jdk("lib/libjli.so"), directory.resolve("shrinking"));
        try (Arena arena = Arena.ofConfined();
                FileChannel channel = FileChannel.open(copy)) {
            MemorySegment mapped = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
            ElfFile file = ElfFile.of(mapped);
            try (RandomAccessFile shrinking = new RandomAccessFile(copy.toFile(), "rw")) {
                shrinking.setLength(100);
            }
            assertThatThrownBy(file::sections)
                    .isInstanceOf(ElfException.class)
                    .hasMessageContaining("mapped file: unreadable at");
        }
    }

    @Test
    void findsSectionsByName() throws IOException {
        try (ElfFile file = ElfFile.open(SystemFiles.jdk("lib/libjli.so"))) {
            assertThat(file.section(".text"))
                    .hasValueSatisfying(text -> assertThat(text.executable()).isTrue());
            assertThat(file.section(".no such")).isEmpty();
            assertThat(file.type()).isEqualTo(3);
            assertThat(file.machine()).isEqualTo(62);
        }
    }

    private static ElfImage image() {
        return new ElfImage(1024);
    }

    private interface Image {
        ElfImage get();
    }

    private static void refused(Image image, Reason reason, String message) {
        refused(() -> ElfFile.of(image.get().segment()), reason, message);
    }

    private static void refused(ThrowingCallable action, Reason reason, String message) {
        assertThatThrownBy(action)
                .isInstanceOfSatisfying(
                        ElfException.class, e -> assertThat(e.reason()).isEqualTo(reason))
                .hasMessageContaining(message);
    }
}
