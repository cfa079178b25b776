package dev.sonde.agent.jvm.decode;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sonde.agent.jvm.code.BlobKind;
import dev.sonde.symbolizer.cfi.UnwindRule;
import dev.sonde.symbolizer.cfi.UnwindTable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A JVM may lie: whatever bytes and ranges it shows, decoding ends with a table. */
class HostileCodeTest {

    private static final long START = 0x7f00_0000_0000L;
    private static final BlobKind[] KINDS = BlobKind.values();

    /** Pieces that code is made of, so that random code gets somewhere. */
    private static final int[][] PIECES = {
        {0x55},
        {0x48, 0x89, 0xe5},
        {0x48, 0x8b, 0xec},
        {0x48, 0x83, 0xec, 0x20},
        {0x48, 0x83, 0xe4, 0xe0},
        {0x48, 0x01, 0xcc},
        {0x5d},
        {0x50},
        {0x58},
        {0xc9},
        {0xc3},
        {0xff, 0xd0},
        {0xff, 0xe0},
        {0x48, 0x89, 0x44, 0x24, 0x08},
        {0x48, 0x8b, 0x64, 0x24, 0x08},
        {0x41, 0xff, 0x24, 0xc2},
        {0x4c, 0x8d, 0x15, 0x04, 0, 0, 0},
        {0x4c, 0x89, 0x6d, 0xc0},
        {0x41, 0x55},
        {0x53}
    };

    @Property(tries = 300)
    void randomBytesMakeATable(@ForAll @Size(max = 4096) byte[] code, @ForAll @IntRange(max = 12) int kind)
            throws IOException {
        judge(code, KINDS[kind]);
    }

    @Property(tries = 300)
    void randomCodeMakesATable(@ForAll long seed, @ForAll @IntRange(max = 12) int kind) throws IOException {
        judge(randomCode(new Random(seed), 2000), KINDS[kind]);
    }

    /** Each jump leads anywhere: the most that states can be changed by others. */
    @Test
    @Timeout(60)
    void codeThatJumpsWildlyEnds() throws IOException {
        Random random = new Random(7);
        byte[] code = new byte[256 << 10];
        int at = 0;
        while (at + 16 < code.length) {
            at = append(code, at, PIECES[random.nextInt(PIECES.length - 6)]);
            code[at++] = 0x0f;
            code[at++] = (byte) 0x84;
            int distance = random.nextInt(code.length) - at;
            for (int i = 0; i < 4; i++) {
                code[at++] = (byte) (distance >> (8 * i));
            }
        }
        judge(code, BlobKind.RUNTIME_STUB);
    }

    @Test
    void rangesThatCannotBeAreLeftOut() throws IOException {
        byte[] code = {0x55, (byte) 0xc3};
        List<StableBlob> blobs = List.of(
                new StableBlob(BlobKind.RUNTIME_STUB, "one", START, code, 0),
                new StableBlob(BlobKind.RUNTIME_STUB, "over it", START + 1, code, 0),
                new StableBlob(BlobKind.RUNTIME_STUB, "empty", START + 16, new byte[0], 0),
                new StableBlob(BlobKind.RUNTIME_STUB, "far", START + (3L << 30), code, 0),
                new StableBlob(BlobKind.RUNTIME_STUB, "kernel's", 0xffff_ffff_ffff_ff00L, code, 0),
                new StableBlob(BlobKind.RUNTIME_STUB, "wraps", Long.MAX_VALUE, code, 0));
        StableCode.Result result = new StableCode()
                .decode(new JvmCodeView(blobs, List.of(), List.of(-1L, 0L, Long.MIN_VALUE), SpecialAddresses.NONE));
        assertThat(result.coverage().total().count()).isEqualTo(1);
        assertThat(result.table().ruleAt(START).cfaText()).isEqualTo("rsp+8");
    }

    @Test
    void tooMuchCodeIsSaidToBe() throws IOException {
        byte[] code = new byte[StableCode.MAX_BLOB_BYTES + 1];
        StableBlob blob = new StableBlob(BlobKind.BUFFER, "StubRoutines (1)", START, code, 0);
        StableCode.Result result = new StableCode().decode(view(blob));
        assertThat(result.coverage().total().tooLargeBytes()).isEqualTo(code.length);
        assertThat(result.table().ruleAt(START)).isEqualTo(UnwindRule.UNCOVERED);
    }

    @Test
    void anInterpreterThatIsNoneIsNotUnderstood() throws IOException {
        byte[] code = randomCode(new Random(3), 500);
        StableBlob blob = new StableBlob(BlobKind.BUFFER, "Interpreter", START, code, 0);
        List<Codelet> codelets = List.of(
                new Codelet("method entry point (kind = zerolocals)", START - 100, START + 5),
                new Codelet("iadd", START + code.length, START),
                new Codelet("isub", Long.MIN_VALUE, Long.MAX_VALUE));
        JvmCodeView view = new JvmCodeView(List.of(blob), codelets, List.of(), SpecialAddresses.NONE);
        StableCode.Result result = new StableCode().decode(view);
        assertThat(result.coverage().total().knownBytes()).isZero();
        assertThat(result.table().ruleAt(START)).isEqualTo(UnwindRule.UNSUPPORTED);
    }

    private static byte[] randomCode(Random random, int pieces) {
        byte[] code = new byte[pieces * 8];
        int at = 0;
        for (int i = 0; i < pieces; i++) {
            at = append(code, at, PIECES[random.nextInt(PIECES.length)]);
            if (random.nextInt(4) == 0 && at + 2 < code.length) {
                code[at++] = (byte) (random.nextBoolean() ? 0x75 : 0xeb);
                code[at++] = (byte) random.nextInt(256);
            }
        }
        return code;
    }

    private static int append(byte[] code, int at, int[] piece) {
        int next = at;
        for (int octet : piece) {
            if (next < code.length) {
                code[next++] = (byte) octet;
            }
        }
        return next;
    }

    private static JvmCodeView view(StableBlob blob) {
        return new JvmCodeView(List.of(blob), List.of(), List.of(), SpecialAddresses.NONE);
    }

    private static void judge(byte[] code, BlobKind kind) throws IOException {
        StableBlob blob = new StableBlob(kind, "a blob", START, code, 2);
        List<Codelet> codelets = new ArrayList<>();
        List<Long> entries = List.of(START, START + 7, START + code.length);
        SpecialAddresses special = new SpecialAddresses(START + 3, START + 4, START + 5, START + 6, 0);
        StableCode.Result result = new StableCode().decode(new JvmCodeView(List.of(blob), codelets, entries, special));
        Coverage.Entry total = result.coverage().total();
        assertThat(total.knownBytes() + total.paddingBytes() + total.unknownBytes())
                .isEqualTo(code.length);
        try (UnwindTable table = result.table()) {
            for (int i = 0; i < code.length; i += 13) {
                assertThat(table.ruleAt(START + i).cfaKind()).isNotNull();
            }
        }
    }
}
