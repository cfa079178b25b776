package dev.sonde.symbolizer.cfi;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Every call frame instruction (DWARF 5, section 7.24), assembled by hand, in a function of 256 bytes at 0x1000. */
class CfaProgramTest {

    private static final String AFTER = "1100 uncovered";

    @Test
    void aFunctionWithoutInstructionsHasTheRowOfItsCie() throws IOException {
        assertRows(rows(), "1000 rsp+8 u c-8");
    }

    @Test
    void advances() throws IOException {
        assertRows(rows(0x41, 0x0e, 16), "1000 rsp+8 u c-8", "1001 rsp+16 u c-8");
        assertRows(rows(0x02, 0x80, 0x0e, 16), "1000 rsp+8 u c-8", "1080 rsp+16 u c-8");
        assertRows(rows(0x03, 0x90, 0, 0x0e, 16), "1000 rsp+8 u c-8", "1090 rsp+16 u c-8");
        assertRows(rows(0x04, 0xa0, 0, 0, 0, 0x0e, 16), "1000 rsp+8 u c-8", "10a0 rsp+16 u c-8");
        assertRows(rows(0x1d, 0xb0, 0, 0, 0, 0, 0, 0, 0, 0x0e, 16), "1000 rsp+8 u c-8", "10b0 rsp+16 u c-8");
        assertRows(rows(0x01, 0x10, 0x10, 0, 0, 0, 0, 0, 0, 0x0e, 16), "1000 rsp+8 u c-8", "1010 rsp+16 u c-8");
    }

    @Test
    void advancesAreInUnitsOfTheCodeAlignment() throws IOException {
        FrameImage image = new FrameImage();
        int cie = image.raw(16, 0, 0, 0, 0, 0, 0, 0, 1, 0, 4, 0x78, 16, 0x0c, 7, 8, 0x90, 1, 0, 0)
                        .size()
                - 20;
        image.fde(cie, 0x1000, 0x100, 0x42, 0x0e, 16);
        assertRows(TableText.rows(image.table()), "1000 rsp+8 u c-8", "1008 rsp+16 u c-8");
    }

    @Test
    void canonicalFrameAddresses() throws IOException {
        assertRows(rows(0x0c, 6, 0x80, 1), "1000 rbp+128 u c-8");
        assertRows(rows(0x12, 7, 0x7e), "1000 rsp+16 u c-8"); // sleb -2 times -8
        assertRows(rows(0x0d, 6), "1000 rbp+8 u c-8");
        assertRows(rows(0x0e, 0x90, 0x1), "1000 rsp+144 u c-8");
        assertRows(rows(0x13, 0x7d), "1000 rsp+24 u c-8");
        assertRows(rows(0x0c, 3, 0), "1000 rbx+0 u c-8");
    }

    @Test
    void framePointers() throws IOException {
        assertRows(rows(0x86, 2), "1000 rsp+8 c-16 c-8");
        assertRows(rows(0x05, 6, 3), "1000 rsp+8 c-24 c-8");
        assertRows(rows(0x11, 6, 0x7f), "1000 rsp+8 c+8 c-8");
        assertRows(rows(0x2f, 6, 2), "1000 rsp+8 c+16 c-8");
        assertRows(rows(0x14, 6, 2), "1000 rsp+8 v-16 c-8");
        assertRows(rows(0x15, 6, 0x7e), "1000 rsp+8 v+16 c-8");
        assertRows(rows(0x09, 6, 9), "1000 rsp+8 r9(r9) c-8");
        assertRows(rows(0x86, 2, 0x41, 0xc6), "1000 rsp+8 c-16 c-8", "1001 rsp+8 u c-8");
        assertRows(rows(0x86, 2, 0x41, 0x06, 6), "1000 rsp+8 c-16 c-8", "1001 rsp+8 u c-8");
        assertRows(rows(0x86, 2, 0x41, 0x08, 6), "1000 rsp+8 c-16 c-8", "1001 rsp+8 u c-8");
    }

    @Test
    void anUndefinedFramePointerIsNotAnUnchangedOne() throws IOException {
        UnwindTable table = table(0x07, 6);
        assertThat(table.ruleAt(0x1000).rbpKind()).isEqualTo(SavedKind.UNDEFINED);
        assertThat(table(0x08, 6).ruleAt(0x1000).rbpKind()).isEqualTo(SavedKind.SAME);
    }

    @Test
    void rbxIsFollowedWhereSomeCfaIsOnIt() throws IOException {
        // Saved, then the same again, then the CFA is on it.
        UnwindTable table = table(0x83, 2, 0x41, 0x0e, 16, 0xc3, 0x41, 0x83, 0x03, 0x0d, 3);
        assertThat(table.ruleAt(0x1000).rbxOffset()).isEqualTo(-16);
        assertThat(table.ruleAt(0x1001).rbxOffset()).isEqualTo(UnwindRule.RBX_SAME);
        assertThat(table.ruleAt(0x1002).rbxOffset()).isEqualTo(-24);
        assertThat(table.ruleAt(0x1002).cfaText()).isEqualTo("rbx+16");
        // In a register, or nowhere.
        assertThat(table(0x0c, 3, 8, 0x09, 3, 2).ruleAt(0x1000).rbxOffset()).isZero();
        assertThat(table(0x0c, 3, 8, 0x07, 3).ruleAt(0x1000).rbxOffset()).isZero();
    }

    @Test
    void rbxIsNotFollowedWhereNoCfaIsOnIt() throws IOException {
        assertThat(table(0x83, 2).ruleAt(0x1000).rbxOffset()).isZero();
        assertThat(table(0x83, 2).rules().size())
                .isEqualTo(table(0x83, 3).rules().size());
        assertRows(rows(0x83, 2, 0x41, 0x83, 3), "1000 rsp+8 u c-8");
    }

    @Test
    void returnAddresses() throws IOException {
        assertRows(rows(0x90, 2), "1000 rsp+8 u c-16");
        assertRows(rows(0x09, 16, 2), "1000 rsp+8 u r2(rcx)");
        assertThat(table(0x07, 16).ruleAt(0x1000).endOfStack()).isTrue();
        assertThat(table().ruleAt(0x1000).endOfStack()).isFalse();
        // One that never changes would return to itself.
        UnwindTable same = table(0x08, 16);
        assertThat(TableText.rows(same)).containsExactly("1000 unsupported", AFTER);
        assertThat(TableText.problems(same)).containsExactly("INEXPRESSIBLE_RETURN_ADDRESS 1");
    }

    @Test
    void otherRegistersMakeNoRows() throws IOException {
        assertRows(rows(0x83, 3, 0x41, 0x8c, 4, 0x41, 0xc3, 0x2e, 0x20, 0x05, 17, 1), "1000 rsp+8 u c-8");
    }

    @Test
    void statesAreRemembered() throws IOException {
        assertRows(
                rows(0x0e, 16, 0x86, 2, 0x0a, 0x41, 0x0e, 8, 0xc6, 0x0a, 0x41, 0x0e, 32, 0x41, 0x0b, 0x41, 0x0b),
                "1000 rsp+16 c-16 c-8",
                "1001 rsp+8 u c-8",
                "1002 rsp+32 u c-8",
                "1003 rsp+8 u c-8",
                "1004 rsp+16 c-16 c-8");
    }

    @Test
    void anExpressionLeavesTheFormerOffsetToTheNextRegister() throws IOException {
        assertRows(
                rows(0x0e, 56, 0x41, 0x0f, 3, 0x77, 16, 0x06, 0x41, 0x0d, 6),
                "1000 rsp+56 u c-8",
                "1001 exp u c-8 cfa=*(rsp+16)+0",
                "1002 rbp+56 u c-8");
    }

    @Test
    void longjmpReturnsToARegister() throws IOException {
        assertRows(rows(0x0c, 5, 0, 0x09, 7, 8, 0x09, 6, 9, 0x09, 16, 1), "1000 r8+0 r9(r9) r1(rdx)");
    }

    @Test
    void setcontextReturnsToMemory() throws IOException {
        assertRows(
                rows(0x0c, 1, 0, 0x11, 6, 0x71, 0x11, 7, 0x6c, 0x11, 16, 0x6b),
                "1000 exp exp exp cfa=*(rdx+160)+0 rbp=*(rdx+120) ra=*(rdx+168)");
    }

    @Test
    void aStackPointerThatIsNotTheCfaIsNotTakenForIt() throws IOException {
        UnwindTable table = table(0x09, 7, 8);
        assertThat(TableText.rows(table)).containsExactly("1000 unsupported", AFTER);
        assertThat(TableText.problems(table)).containsExactly("INEXPRESSIBLE_CFA 1");
        assertThat(TableText.rows(table(0x07, 7))).containsExactly("1000 unsupported", AFTER);
        assertRows(rows(0x14, 7, 0), "1000 rsp+8 u c-8");
    }

    @Test
    void whatFollowsADefectIsBrokenAndWhatPrecedesHolds() throws IOException {
        assertBroken("UNKNOWN_INSTRUCTION", 0x44, 0x0e, 16, 0x44, 0x3f);
        assertBroken("UNKNOWN_INSTRUCTION", 0x44, 0x0e, 16, 0x44, 0x2d);
        assertBroken("STATE_STACK", 0x44, 0x0e, 16, 0x44, 0x0b);
        assertBroken("TRUNCATED_ENTRY", 0x44, 0x0e, 16, 0x44, 0x0c, 0x80, 0x80);
        assertBroken("BAD_LOCATION", 0x44, 0x0e, 16, 0x44, 0x03, 0xff, 0x7f);
        assertBroken("BAD_LOCATION", 0x44, 0x0e, 16, 0x44, 0x01, 4, 0x10, 0, 0, 0, 0, 0, 0);
    }

    @Test
    void statesNestToABound() throws IOException {
        int[] program = new int[70];
        java.util.Arrays.fill(program, 0x0a);
        assertThat(TableText.problems(table(program))).containsExactly("STATE_STACK 1");
    }

    @Test
    void offsetsThatDoNotFitARuleAreCounted() throws IOException {
        assertThat(TableText.problems(table(0x0e, 0x80, 0x80, 0x80, 0x80, 0x08)))
                .containsExactly("INEXPRESSIBLE_CFA 1");
        assertThat(TableText.problems(table(0x90, 0x80, 0x80, 0x04))).containsExactly("INEXPRESSIBLE_RETURN_ADDRESS 1");
        UnwindTable far = table(0x05, 6, 0x80, 0x80, 0x80, 0x80, 0x08);
        assertThat(TableText.problems(far)).containsExactly("INEXPRESSIBLE_FRAME_POINTER 1");
        assertThat(far.ruleAt(0x1000).rbpKind()).isEqualTo(SavedKind.UNSUPPORTED);
        assertThat(far.ruleAt(0x1000).cfaText()).isEqualTo("rsp+8");
    }

    private static void assertBroken(String problem, int... program) throws IOException {
        UnwindTable table = table(program);
        assertThat(TableText.rows(table))
                .containsExactly("1000 rsp+8 u c-8", "1004 rsp+16 u c-8", "1008 broken", AFTER);
        assertThat(TableText.problems(table)).containsExactly(problem + " 1");
    }

    private static void assertRows(List<String> actual, String... expected) {
        assertThat(actual).hasSize(expected.length + 1).startsWith(expected).endsWith(AFTER);
    }

    private static List<String> rows(int... program) throws IOException {
        UnwindTable table = table(program);
        assertThat(TableText.problems(table)).isEmpty();
        return TableText.rows(table);
    }

    private static UnwindTable table(int... program) throws IOException {
        FrameImage image = new FrameImage();
        int cie = image.usualCie();
        image.fde(cie, FrameImage.CODE, 0x100, program);
        return image.table();
    }
}
