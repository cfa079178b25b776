package dev.sonde.symbolizer.elf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sonde.model.BuildId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BuildIdsTest {

    private static final byte[] ID = HexFormat.of().parseHex("0123456789abcdef0123456789abcdef01234567");
    private static final BuildId EXPECTED =
            new BuildId(BuildId.Type.GNU, HexFormat.of().formatHex(ID));

    @TempDir
    Path directory;

    @Test
    void findsTheNoteBehindOtherNotesOfItsSegment() throws IOException {
        ElfImage image = new ElfImage(512)
                .programHeaders(1)
                .programHeader(0, ProgramHeader.NOTE, 256, 0, 20 + 36, 56)
                .note(256, "abc", 3, new byte[4])
                .note(276, "GNU", 3, ID);
        assertThat(ElfFile.of(image.segment()).gnuBuildId()).contains(EXPECTED);
    }

    @Test
    void findsTheNoteInASegmentBehindTheOneOfProperties() throws IOException {
        ElfImage image = new ElfImage(512)
                .programHeaders(2)
                .programHeader(0, ProgramHeader.NOTE, 256, 0, 32, 32)
                .i64(ElfImage.HEADER + 48, 8)
                .note(256, "GNU", 5, new byte[16])
                .programHeader(1, ProgramHeader.NOTE, 320, 0, 36, 36)
                .note(320, "GNU", 3, ID);
        assertThat(ElfFile.of(image.segment()).gnuBuildId()).contains(EXPECTED);
    }

    @Test
    void findsTheNoteOfASectionWhereASegmentLies() throws IOException {
        ElfImage image = new ElfImage(1024)
                .programHeaders(1)
                // Separate debuginfo keeps program headers whose offsets no longer hold.
                .programHeader(0, ProgramHeader.NOTE, 900, 0, 36, 36)
                .u32(900, -1)
                .i64(40, 512)
                .u16(60, 2)
                .u32(512 + 64 + 4, Section.NOTE)
                .i64(512 + 64 + 24, 256)
                .i64(512 + 64 + 32, 36)
                .note(256, "GNU", 3, ID);
        assertThat(ElfFile.of(image.segment()).gnuBuildId()).contains(EXPECTED);
    }

    @Test
    void anEmptyOrOverlongIdIsNone() throws IOException {
        ElfImage empty = new ElfImage(512)
                .programHeaders(1)
                .programHeader(0, ProgramHeader.NOTE, 256, 0, 16, 16)
                .note(256, "GNU", 3, new byte[0]);
        ElfImage overlong = new ElfImage(512)
                .programHeaders(1)
                .programHeader(0, ProgramHeader.NOTE, 256, 0, 16 + 68, 84)
                .note(256, "GNU", 3, new byte[68]);
        assertThat(ElfFile.of(empty.segment()).gnuBuildId()).isEmpty();
        assertThat(ElfFile.of(overlong.segment()).gnuBuildId()).isEmpty();
    }

    @Test
    void hashesBothEndsAndTheLengthOfAFileWithoutANote() throws Exception {
        for (int size : new int[] {64, 4095, 4096, 4097, 8191, 8192, 100_000}) {
            byte[] bytes = new byte[size];
            new Random(size).nextBytes(bytes);
            byte[] header = new ElfImage(64).array();
            System.arraycopy(header, 0, bytes, 0, 64);
            Path file = Files.write(directory.resolve("hashed"), bytes);
            assertThat(BuildIds.of(file)).isEqualTo(new BuildId(BuildId.Type.HASH, expectedHash(bytes)));
        }
    }

    private static String expectedHash(byte[] bytes) throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        int edge = Math.min(4096, bytes.length);
        digest.update(Arrays.copyOf(bytes, edge));
        digest.update(Arrays.copyOfRange(bytes, bytes.length - edge, bytes.length));
        digest.update(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(0, bytes.length));
        return HexFormat.of().formatHex(digest.digest());
    }
}
