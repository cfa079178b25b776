package dev.sonde.symbolizer.cfi;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** DWARF expressions of real files (OpenSSL, glibc, GCC's aligned stacks, linkers' PLTs), and others. */
class CfaExpressionTest {

    private static final int BREG_RSP = 0x77;
    private static final int BREG_RBP = 0x76;
    private static final int DEREF = 0x06;
    private static final int PLUS = 0x22;
    private static final int PLUS_CONSTANT = 0x23;

    @Test
    void registerPlusOffset() throws IOException {
        assertThat(cfa(BREG_RSP, 0x10)).isEqualTo("rsp+16 u c-8");
        assertThat(cfa(BREG_RSP, 0x10, PLUS_CONSTANT, 8)).isEqualTo("rsp+24 u c-8");
        assertThat(cfa(BREG_RSP, 0x10, 0x38, PLUS)).isEqualTo("rsp+24 u c-8");
        assertThat(cfa(BREG_RSP, 0x10, 0x38, 0x1c)).isEqualTo("rsp+8 u c-8");
        assertThat(cfa(0x92, 12, 0x78)).isEqualTo("r12-8 u c-8");
    }

    @Test
    void loadedFromTheStack() throws IOException {
        assertThat(cfa(BREG_RSP, 0x28, DEREF, PLUS_CONSTANT, 8)).isEqualTo("exp u c-8 cfa=*(rsp+40)+8");
        assertThat(cfa(BREG_RSP, 0x78, DEREF, PLUS_CONSTANT, 8)).isEqualTo("exp u c-8 cfa=*(rsp-8)+8");
        assertThat(cfa(BREG_RBP, 0x58, DEREF)).isEqualTo("exp u c-8 cfa=*(rbp-40)+0");
    }

    @Test
    void loadedThroughAnIndex() throws IOException {
        assertThat(cfa(BREG_RSP, 8, 0x79, 0, 0x38, 0x1e, PLUS, DEREF, PLUS_CONSTANT, 8))
                .isEqualTo("exp u c-8 cfa=*(rsp+8*r9+8)+8");
        assertThat(cfa(BREG_RSP, 8, 0x79, 0, 0x33, 0x24, PLUS, DEREF)).isEqualTo("exp u c-8 cfa=*(rsp+8*r9+8)+0");
    }

    @Test
    void proceduresOfTheLinker() throws IOException {
        assertThat(cfa(BREG_RSP, 8, 0x80, 0, 0x3f, 0x1a, 0x3b, 0x2a, 0x33, 0x24, PLUS))
                .isEqualTo("exp u c-8 cfa=rsp+8+8*((rip&15)>=11)");
        assertThat(cfa(BREG_RSP, 8, 0x80, 0, 0x3f, 0x1a, 0x35, 0x2a, 0x33, 0x24, PLUS))
                .isEqualTo("exp u c-8 cfa=rsp+8+8*((rip&15)>=5)");
    }

    @Test
    void othersAreCountedAndNotGuessed() throws IOException {
        assertInexpressible(BREG_RSP, 8, DEREF, DEREF);
        assertInexpressible(BREG_RSP, 8, BREG_RBP, 0, PLUS);
        assertInexpressible(BREG_RSP, 8, 0x79, 0, 0x34, 0x1e, PLUS, DEREF);
        assertInexpressible(BREG_RSP, 8, 0x80, 0, 0x3e, 0x1a, 0x3b, 0x2a, 0x33, 0x24, PLUS);
        assertInexpressible(0x80, 0); // rip
        assertInexpressible(0x03, 0, 0, 0, 0, 0, 0, 0, 0); // a fixed address
        assertInexpressible(0x28, 0, 0); // a branch
        assertInexpressible(PLUS);
        assertInexpressible();
        assertInexpressible(0xff);
        assertInexpressible(IntStream.generate(() -> 0x31).limit(100).toArray());
    }

    @Test
    void savedRegisters() throws IOException {
        // DW_CFA_expression starts with the CFA on the stack.
        assertThat(row(0x10, 6, 2, BREG_RBP, 0)).isEqualTo("rsp+8 exp c-8 rbp=*(rbp+0)");
        assertThat(row(0x10, 6, 2, PLUS_CONSTANT, 24)).isEqualTo("rsp+8 c+24 c-8");
        assertThat(row(0x16, 6, 2, PLUS_CONSTANT, 24)).isEqualTo("rsp+8 v+24 c-8");
        assertThat(row(0x10, 3, 2, BREG_RBP, 0)).isEqualTo("rsp+8 u c-8");
        assertThat(row(0x10, 6, 2, BREG_RSP, 16)).isEqualTo("rsp+8 exp c-8 rbp=*(rsp+16)");
    }

    @Test
    void sigreturnRestoresFromTheStack() throws IOException {
        int[] program = {
            0x0f, 4, BREG_RSP, 0xa0, 1, DEREF,
            0x10, 6, 3, BREG_RSP, 0xf8, 0,
            0x10, 7, 3, BREG_RSP, 0xa0, 1,
            0x10, 16, 3, BREG_RSP, 0xa8, 1
        };
        assertThat(row(program)).isEqualTo("exp exp exp cfa=*(rsp+160)+0 rbp=*(rsp+120) ra=*(rsp+168)");
    }

    @Test
    void aFramePointerThatCannotBeExpressedLeavesTheRest() throws IOException {
        UnwindTable table = table(0x16, 6, 2, BREG_RSP, 8);
        assertThat(TableText.problems(table)).containsExactly("INEXPRESSIBLE_FRAME_POINTER 1");
        assertThat(table.ruleAt(0x1000).rbpKind()).isEqualTo(SavedKind.UNSUPPORTED);
        assertThat(table.ruleAt(0x1000).cfaText()).isEqualTo("rsp+8");
    }

    private static void assertInexpressible(int... expression) throws IOException {
        UnwindTable table = table(block(expression));
        assertThat(TableText.problems(table)).containsExactly("INEXPRESSIBLE_CFA 1");
        assertThat(table.ruleNumberAt(0x1000)).isEqualTo(UnwindRules.UNSUPPORTED);
    }

    private static String cfa(int... expression) throws IOException {
        return row(block(expression));
    }

    private static int[] block(int... expression) {
        return IntStream.concat(IntStream.of(0x0f, expression.length), IntStream.of(expression))
                .toArray();
    }

    private static String row(int... program) throws IOException {
        UnwindTable table = table(program);
        assertThat(TableText.problems(table)).isEmpty();
        String first = TableText.rows(table).getFirst();
        return first.substring("1000 ".length());
    }

    private static UnwindTable table(int... program) throws IOException {
        FrameImage image = new FrameImage();
        int cie = image.usualCie();
        image.fde(cie, FrameImage.CODE, 0x100, program);
        return image.table();
    }
}
