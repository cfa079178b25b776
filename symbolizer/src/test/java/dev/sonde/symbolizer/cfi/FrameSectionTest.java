package dev.sonde.symbolizer.cfi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sonde.symbolizer.cfi.code.SignalTrampoline;
import dev.sonde.symbolizer.elf.ElfException;
import dev.sonde.symbolizer.elf.ElfFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Entries, augmentations, encodings, orders, gaps and overlaps. */
class FrameSectionTest {

    private static final int[] NONE = {};

    @Test
    void gapsAreUncoveredAndPaddingIsNot() throws IOException {
        FrameImage image = new FrameImage();
        int cie = image.usualCie();
        image.fde(cie, 0x1010, 0x25, 0x0e, 16);
        image.fde(cie, 0x1040, 0x10, 0x0e, 24); // 11 bytes of padding before it
        image.fde(cie, 0x1060, 0x18, 0x0e, 32); // 16 bytes: room for a function
        image.fde(cie, 0x107c, 0x10, 0x0e, 40); // unaligned: something stands between
        assertThat(TableText.rows(image.table()))
                .containsExactly(
                        "1010 rsp+16 u c-8",
                        "1040 rsp+24 u c-8",
                        "1050 uncovered",
                        "1060 rsp+32 u c-8",
                        "1078 uncovered",
                        "107c rsp+40 u c-8",
                        "108c uncovered");
    }

    @Test
    void functionsAreSortedAndEqualNeighboursAreOne() throws IOException {
        FrameImage image = new FrameImage();
        int cie = image.usualCie();
        image.fde(cie, 0x1020, 0x10);
        image.fde(cie, 0x1010, 0x10);
        image.fde(cie, 0x1000, 0x10);
        assertThat(TableText.rows(image.table())).containsExactly("1000 rsp+8 u c-8", "1030 uncovered");
    }

    @Test
    void anInnerFunctionCutsTheOuterAndASecondDescriptionIsNone() throws IOException {
        FrameImage image = new FrameImage();
        int cie = image.usualCie();
        image.fde(cie, 0x1000, 0x100, 0x0e, 16);
        image.fde(cie, 0x1010, 0x10, 0x0e, 24);
        image.fde(cie, 0x1010, 0x10, 0x0e, 32);
        UnwindTable table = image.table();
        assertThat(TableText.rows(table)).containsExactly("1000 rsp+16 u c-8", "1010 rsp+24 u c-8", "1020 uncovered");
        assertThat(TableText.problems(table)).containsExactlyInAnyOrder("OVERLAP 1", "DUPLICATE 1");
    }

    @Test
    void aFoldedFunctionWithoutBytesHidesNothing() throws IOException {
        FrameImage image = new FrameImage();
        int cie = image.usualCie();
        image.fde(cie, 0x1000, 0);
        image.fde(cie, 0x1000, 0x10, 0x0e, 16);
        image.fde(cie, 0x1020, 0);
        UnwindTable table = image.table();
        assertThat(TableText.rows(table)).containsExactly("1000 rsp+16 u c-8", "1010 uncovered");
        assertThat(TableText.problems(table)).isEmpty();
    }

    @Test
    void signalFramesAreMarked() throws IOException {
        FrameImage image = new FrameImage();
        int signal = image.cie("zRS", new int[] {0x03}, FrameImage.USUAL);
        image.rawFde(signal, 0x00, 0x10, 0, 0, 0x10, 0, 0, 0, 0);
        UnwindTable table = image.table();
        assertThat(table.ruleAt(0x1000).signalFrame()).isTrue();
        assertThat(table.ruleAt(0x1000).cfaText()).isEqualTo("rsp+8");
    }

    @Test
    void signalFramesWithoutAMarkAreRecognised() throws IOException {
        for (int[] code : new int[][] {
            {0x48, 0xc7, 0xc0, 15, 0, 0, 0, 0x0f, 0x05},
            {0xb8, 15, 0, 0, 0, 0x0f, 0x05},
            {0xb8, 15, 0, 0, 0, 0x0f, 0x05, 0xf4}
        }) {
            FrameImage image = new FrameImage().code(0x1021, code);
            int cie = image.usualCie();
            image.fde(cie, 0x1000, 0x21, 0x0e, 16);
            image.fde(cie, 0x1021, code.length);
            image.fde(cie, 0x1040, code.length);
            UnwindTable table = image.table();
            assertThat(table.ruleAt(0x101f).cfaText()).isEqualTo("rsp+16");
            for (long pc = 0x1020; pc < 0x1021 + code.length; pc++) {
                assertThat(table.ruleAt(pc)).as("%x", pc).isEqualTo(SignalTrampoline.RULE);
            }
            assertThat(table.ruleAt(0x1021 + code.length)).isEqualTo(UnwindRule.UNCOVERED);
            assertThat(table.ruleAt(0x1040).cfaText()).isEqualTo("rsp+8");
        }
        FrameImage longer = new FrameImage().code(0x1000, 0xb8, 15, 0, 0, 0, 0x0f, 0x05);
        longer.fde(longer.usualCie(), 0x1000, 0x40);
        assertThat(longer.table().ruleAt(0x1000).signalFrame()).isFalse();
    }

    @Test
    void augmentationsAndEncodings() throws IOException {
        // zPLR: personality udata4, LSDA sdata4, code udata4; FDEs with augmentation data before the instructions.
        FrameImage image = new FrameImage();
        int cie = image.cie("zPLR", new int[] {0x03, 1, 2, 3, 4, 0x1b, 0x03}, FrameImage.USUAL);
        image.rawFde(cie, 0x00, 0x10, 0, 0, 0x10, 0, 0, 0, 4, 9, 9, 9, 9, 0x0e, 16);
        assertThat(TableText.rows(image.table())).containsExactly("1000 rsp+16 u c-8", "1010 uncovered");
        assertEncoding(0x01, 0x80, 0x20, 0x10); // uleb128
        assertEncoding(0x02, 0x00, 0x10, 0x10, 0);
        assertEncoding(0x09, 0x80, 0x20, 0x10); // sleb128
        assertEncoding(0x0a, 0x00, 0x10, 0x10, 0);
        assertEncoding(0x04, 0x00, 0x10, 0, 0, 0, 0, 0, 0, 0x10, 0, 0, 0, 0, 0, 0, 0);
        assertEncoding(0x0c, 0x00, 0x10, 0, 0, 0, 0, 0, 0, 0x10, 0, 0, 0, 0, 0, 0, 0);
    }

    private static void assertEncoding(int encoding, int... range) throws IOException {
        FrameImage image = new FrameImage();
        int cie = image.cie("zR", new int[] {encoding}, FrameImage.USUAL);
        image.rawFde(
                cie,
                java.util.stream.IntStream.concat(
                                java.util.stream.IntStream.of(range), java.util.stream.IntStream.of(0, 0x0e, 16))
                        .toArray());
        assertThat(TableText.rows(image.table()))
                .as("encoding %x", encoding)
                .containsExactly("1000 rsp+16 u c-8", "1010 uncovered");
    }

    @Test
    void relativeAddresses() throws IOException {
        FrameImage image = new FrameImage();
        int cie = image.cie("zR", new int[] {0x1b}, FrameImage.USUAL);
        int field = image.size() + 8;
        int delta = (int) (0x1000 - (FrameImage.FRAME_ADDRESS + field));
        image.rawFde(cie, delta, delta >> 8, delta >> 16, delta >> 24, 0x10, 0, 0, 0, 0);
        assertThat(TableText.rows(image.table())).containsExactly("1000 rsp+8 u c-8", "1010 uncovered");
    }

    @Test
    void aBrokenCieCostsItsFunctions() throws IOException {
        assertOneLost("UNKNOWN_AUGMENTATION", image -> image.cie("zX", NONE, FrameImage.USUAL));
        assertOneLost("UNKNOWN_AUGMENTATION", image -> image.cie("armcc+", NONE, FrameImage.USUAL));
        assertOneLost("POINTER_ENCODING", image -> image.cie("zR", new int[] {0x9b}, FrameImage.USUAL));
        assertOneLost("POINTER_ENCODING", image -> image.cie("zR", new int[] {0x3b}, FrameImage.USUAL));
        assertOneLost("POINTER_ENCODING", image -> image.cie("zR", new int[] {0xff}, FrameImage.USUAL));
        assertOneLost("UNKNOWN_INSTRUCTION", image -> image.cie("", NONE, 0x3f));
        assertOneLost("BAD_LOCATION", image -> image.cie("", NONE, 0x41));
        assertOneLost("ENTRY_TOO_LONG", image -> image.cie("", NONE, new int[2000]));
        assertOneLost(
                "BAD_CIE",
                image -> image.raw(8, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0).size() - 12);
        assertOneLost("BAD_CIE", image -> image.fde(0, 0x1080, 0));
    }

    private interface CieMaker {
        int add(FrameImage image);
    }

    private static void assertOneLost(String problem, CieMaker broken) throws IOException {
        FrameImage image = new FrameImage();
        int sound = image.usualCie();
        image.fde(sound, 0x1000, 0x10);
        int cie = broken.add(image);
        image.fde(cie, 0x1040, 0x10);
        image.fde(sound, 0x1060, 0x10);
        UnwindTable table = image.table();
        assertThat(table.ruleAt(0x1000).cfaText()).isEqualTo("rsp+8");
        assertThat(table.ruleAt(0x1040).cfaText()).isEqualTo("uncovered");
        assertThat(table.ruleAt(0x1060).cfaText()).isEqualTo("rsp+8");
        assertThat(TableText.problems(table)).containsExactly(problem + " 1");
    }

    @Test
    void functionsOutsideOfTheCodeAreCounted() throws IOException {
        FrameImage image = new FrameImage();
        int cie = image.usualCie();
        image.fde(cie, 0, 0x10);
        image.fde(cie, 0x10ff0, 0x100);
        image.fde(cie, -16, 0x100);
        UnwindTable table = image.table();
        assertThat(TableText.rows(table)).containsExactly("10ff0 rsp+8 u c-8");
        assertThat(TableText.problems(table)).containsExactly("OUTSIDE_CODE 3");
    }

    @Test
    void entriesGoOnBehindATerminator() throws IOException {
        FrameImage image = new FrameImage();
        int cie = image.usualCie();
        image.fde(cie, 0x1000, 0x10);
        image.raw(0, 0, 0, 0);
        image.fde(cie, 0x1010, 0x10, 0x0e, 16);
        assertThat(TableText.rows(image.table()))
                .containsExactly("1000 rsp+8 u c-8", "1010 rsp+16 u c-8", "1020 uncovered");
    }

    @Test
    void aPageOfZerosEndsTheSection() throws IOException {
        FrameImage image = new FrameImage();
        int cie = image.usualCie();
        image.fde(cie, 0x1000, 0x10);
        image.raw(new int[4096]);
        image.fde(cie, 0x1010, 0x10, 0x0e, 16);
        image.raw(new int[4100]);
        image.fde(cie, 0x1020, 0x10, 0x0e, 24);
        UnwindTable table = image.table();
        assertThat(TableText.rows(table)).containsExactly("1000 rsp+8 u c-8", "1010 rsp+16 u c-8", "1020 uncovered");
        assertThat(TableText.problems(table)).containsExactly("TRUNCATED_ENTRY 1");
    }

    @Test
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void gigabytesOfZerosCostNoTime(@TempDir Path folder) throws IOException {
        byte[] file = new FrameImage().raw(new int[8]).file(true);
        ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        int sections = (int) bytes.getLong(40);
        // The section .eh_frame: all of 3 GiB behind the rest of the file, none of which is stored.
        bytes.putLong(sections + 64 + 24, file.length).putLong(sections + 64 + 32, 3L << 30);
        Path sparse = folder.resolve("sparse");
        Files.write(sparse, file);
        try (FileChannel channel = FileChannel.open(sparse, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(new byte[1]), file.length + (3L << 30));
        }
        try (ElfFile elf = ElfFile.open(sparse)) {
            UnwindTable table = UnwindTable.read(elf);
            assertThat(TableText.rows(table)).isEmpty();
            assertThat(TableText.problems(table)).containsExactly("TRUNCATED_ENTRY 1");
        }
    }

    @Test
    void moreFunctionsThanAreSortedAreRefused() {
        FrameImage image = new FrameImage();
        int cie = image.usualCie();
        for (int i = 0; i <= 1 << 20; i++) {
            image.fde(cie, 0x1000 + i % 0x1000, 1);
        }
        assertThatThrownBy(image::table)
                .isInstanceOf(ElfException.class)
                .hasMessage("functions without .eh_frame_hdr: 1048577 (expected: at most 1048576)");
    }

    @Test
    void aCutSectionHasItsFirstEntries() throws IOException {
        FrameImage image = new FrameImage();
        int cie = image.usualCie();
        image.fde(cie, 0x1000, 0x10);
        image.raw(0x40, 0, 0, 0, 1, 2, 3);
        UnwindTable table = image.table();
        assertThat(TableText.rows(table)).containsExactly("1000 rsp+8 u c-8", "1010 uncovered");
        assertThat(TableText.problems(table)).containsExactly("TRUNCATED_ENTRY 1");
    }

    @Test
    void wideEntriesAreRead() throws IOException {
        FrameImage image = new FrameImage();
        int cie = image.usualCie();
        int at = image.size();
        image.raw(0xff, 0xff, 0xff, 0xff, 24, 0, 0, 0, 0, 0, 0, 0, at + 12 - cie, 0, 0, 0);
        image.raw(0, 0x10, 0, 0, 0, 0, 0, 0, 0x10, 0, 0, 0, 0, 0, 0, 0, 0x0e, 16, 0, 0);
        assertThat(TableText.rows(image.table())).containsExactly("1000 rsp+16 u c-8", "1010 uncovered");
    }

    @Test
    void debugFrameIsReadWhereThereIsNothingElse() throws IOException {
        FrameImage image = new FrameImage(true);
        int cie = image.usualCie();
        image.fde(cie, 0x1000, 0x10, 0x41, 0x0e, 16);
        assertThat(TableText.rows(image.table()))
                .containsExactly("1000 rsp+8 u c-8", "1001 rsp+16 u c-8", "1010 uncovered");
    }

    @Test
    void theHeaderFindsAndSorts() throws IOException {
        FrameImage image = new FrameImage();
        int cie = image.usualCie();
        int late = image.fde(cie, 0x1100, 0x10, 0x0e, 24);
        int early = image.fde(cie, 0x1000, 0x10, 0x0e, 16);
        image.header(0x1000, early, 0x1100, late);
        String[] expected = {"1000 rsp+16 u c-8", "1010 uncovered", "1100 rsp+24 u c-8", "1110 uncovered"};
        assertThat(TableText.rows(image.table(true))).containsExactly(expected);
        assertThat(TableText.rows(image.table(false))).containsExactly(expected);
    }

    @Test
    void aHeaderThatLiesIsNotBelieved() throws IOException {
        String[] expected = {"1000 rsp+16 u c-8", "1010 uncovered", "1100 rsp+24 u c-8", "1110 uncovered"};
        for (long[] pairs : new long[][] {
            {0x1100, 0, 0x1000, 1}, // descending
            {0x1000, 0, 0x1000, 0}, // not all
            {0x1004, 0, 0x1100, 1}, // another address
            {0x1000, 0, 0x1100, 0x7fffffff}, // outside
            {0x1000, 0}
        }) {
            FrameImage image = new FrameImage();
            int cie = image.usualCie();
            int[] offsets = {image.fde(cie, 0x1000, 0x10, 0x0e, 16), image.fde(cie, 0x1100, 0x10, 0x0e, 24)};
            long[] real = pairs.clone();
            for (int i = 1; i < real.length; i += 2) {
                real[i] = real[i] < 2 ? offsets[(int) real[i]] : real[i];
            }
            image.header(real);
            UnwindTable table = image.table();
            assertThat(TableText.rows(table)).as("%s", (Object) pairs).containsExactly(expected);
            assertThat(TableText.problems(table)).isEmpty();
        }
    }

    @Test
    void aFileWithoutFrameInformationSaysSo() {
        assertThatThrownBy(() -> new FrameImage().table())
                .isInstanceOf(ElfException.class)
                .hasMessage("frame information: none (expected: .eh_frame or .debug_frame)");
    }
}
