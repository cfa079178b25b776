package dev.sonde.agent.unwind.host;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sonde.agent.kernel.StackOutcome;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Each rule over a copied stack of a few words. */
class HostUnwinderTest {

    private static final long CODE = 0x55_0000_0000L;
    private static final long STACK = 0x7ffd_0000_0000L;
    private static final int STACK_WORDS = 64;

    /** Indices in struct pt_regs. */
    private static final int BP = 4;

    private static final int BX = 5;
    private static final int AX = 10;
    private static final int IP = 16;
    private static final int SP = 19;

    /** UNWIND_RBX_SAME. */
    private static final int RBX_SAME = 1;

    private final Arena arena = Arena.ofShared();
    private final HostUnwinder unwinder = new HostUnwinder();
    private final MemorySegment registers = arena.allocate(HostUnwinder.REGISTERS_BYTES, 8);
    private final MemorySegment stack = arena.allocate(8L * STACK_WORDS, 8);
    private final MemorySegment text = arena.allocate(1024);

    @AfterEach
    void close() {
        arena.close();
    }

    @Test
    void callersAreLookedUpAtTheirCall() throws Exception {
        SmallTable table = new SmallTable()
                .rule(SmallTable.CFA_REGISTER, SmallTable.RSP, 16, 0)
                .rule(SmallTable.CFA_REGISTER, SmallTable.RSP, 32, 0)
                .rule(SmallTable.CFA_REGISTER, SmallTable.RSP, 8, 0, 0, 0, SmallTable.UNDEFINED, 0);
        leaf(CODE + 3, STACK);
        word(1, CODE + 32); // the last instruction of the second rule's code is the call
        word(5, CODE + 40);
        HostStack found = unwind(table);
        assertThat(found.addresses()).containsExactly(CODE + 3, CODE + 32, CODE + 40);
        assertThat(found.outcome()).isEqualTo(StackOutcome.COMPLETE);
        assertThat(found.guessed()).isZero();
    }

    @Test
    void theStackPointerThatWasSavedInMemory() throws Exception {
        SmallTable table = new SmallTable()
                .rule(SmallTable.CFA_DEREFERENCED, SmallTable.RBP, -16, 8)
                .rule(1, 7, 8, 0);
        register(BP, STACK + 32);
        leaf(CODE, STACK);
        word(2, STACK + 80);
        word(10, 0);
        assertThat(unwind(table).outcome()).isEqualTo(StackOutcome.ZERO_ADDRESS);
    }

    @Test
    void aFrameOnRbxThatItsCalleesHaveSaved() throws Exception {
        SmallTable table = new SmallTable()
                .rule(SmallTable.CFA_REGISTER, SmallTable.RSP, 16, RBX_SAME)
                .rule(SmallTable.CFA_REGISTER, SmallTable.RSP, 24, -16)
                .rule(SmallTable.CFA_REGISTER, SmallTable.RSP, 16, RBX_SAME)
                .rule(SmallTable.CFA_REGISTER, SmallTable.RBX, 8, 0)
                .rule(SmallTable.CFA_REGISTER, SmallTable.RSP, 8, 0, 0, 0, SmallTable.UNDEFINED, 0);
        leaf(CODE, STACK);
        register(BX, 1);
        word(1, CODE + 16 + 8);
        word(3, STACK + 160); // rbx
        word(4, CODE + 32 + 8);
        word(6, CODE + 48 + 8);
        word(20, CODE + 64 + 8);
        HostStack found = unwind(table);
        assertThat(found.addresses()).containsExactly(CODE, CODE + 24, CODE + 40, CODE + 56, CODE + 72);
        assertThat(found.outcome()).isEqualTo(StackOutcome.COMPLETE);
    }

    @Test
    void aFrameOnRbxThatNobodyHasFollowed() throws Exception {
        SmallTable table = new SmallTable()
                .rule(SmallTable.CFA_REGISTER, SmallTable.RSP, 16, 0)
                .rule(SmallTable.CFA_REGISTER, SmallTable.RBX, 8, 0);
        leaf(CODE, STACK);
        register(BX, STACK + 160);
        word(1, CODE + 16 + 8);
        HostStack found = unwind(table);
        assertThat(found.addresses()).containsExactly(CODE, CODE + 24);
        assertThat(found.outcome()).isEqualTo(StackOutcome.REGISTER_LOST);
    }

    @Test
    void aSlotOfTheLinkageTableThatHasPushed() throws Exception {
        SmallTable table = new SmallTable().rule(SmallTable.CFA_PLT, SmallTable.RSP, 8, 11);
        leaf(CODE + 10, STACK);
        word(0, 0);
        word(1, CODE + 8);
        assertThat(unwind(table).addresses()).containsExactly(CODE + 10);
        register(IP, CODE + 11);
        assertThat(unwind(table).addresses()).containsExactly(CODE + 11, CODE + 8);
    }

    @Test
    void onlyTheLeafsOtherRegistersAreKnown() throws Exception {
        SmallTable table = new SmallTable().rule(SmallTable.CFA_REGISTER, SmallTable.RAX, 8, 0);
        register(AX, STACK + 16);
        leaf(CODE, STACK);
        word(2, CODE + 8);
        HostStack found = unwind(table);
        assertThat(found.addresses()).containsExactly(CODE, CODE + 8);
        assertThat(found.outcome()).isEqualTo(StackOutcome.REGISTER_LOST);
    }

    @Test
    void aSignalGivesAllRegistersBack() throws Exception {
        SmallTable table = new SmallTable()
                .rule(SmallTable.CFA_DEREFERENCED, SmallTable.RSP, 160, 0, 3, 120, SmallTable.AT_RSP | 0x80, 168)
                .rule(SmallTable.CFA_REGISTER, SmallTable.RAX, 8, 0);
        leaf(CODE, STACK);
        word(20, STACK + 256); // rsp, as struct sigcontext_64 has it in a ucontext
        word(21, CODE + 16); // rip: where the interrupted code stood, not behind a call
        word(18, STACK + 320); // rax
        word(40, 0);
        HostStack found = unwind(table);
        assertThat(found.addresses()).containsExactly(CODE, CODE + 17);
        assertThat(found.outcome()).isEqualTo(StackOutcome.ZERO_ADDRESS);
    }

    @Test
    void aFrameThatIsItsOwnCaller() throws Exception {
        SmallTable table = new SmallTable().rule(SmallTable.CFA_REGISTER, SmallTable.RSP, 0, 0);
        leaf(CODE, STACK);
        assertThat(unwind(table).outcome()).isEqualTo(StackOutcome.BROKEN_CHAIN);
    }

    @Test
    void aRuleThatIsNotExpressible() throws Exception {
        leaf(CODE, STACK);
        assertThat(unwind(new SmallTable().rule(SmallTable.CFA_UNSUPPORTED, 0, 0, 0))
                        .outcome())
                .isEqualTo(StackOutcome.RULE_UNSUPPORTED);
    }

    @Test
    void memoryThatWasNotCopied() throws Exception {
        SmallTable table = new SmallTable().rule(SmallTable.CFA_REGISTER, SmallTable.RSP, 8 * STACK_WORDS + 4, 0);
        leaf(CODE, STACK + 4); // the word lies half behind the copy's end
        HostStack found = unwind(table);
        assertThat(found.outcome()).isEqualTo(StackOutcome.UNREADABLE);
        assertThat(found.unreadable()).isEqualTo(STACK + 8 * STACK_WORDS);
    }

    @Test
    void framePointersWhereThereIsNoTable() throws Exception {
        leaf(CODE + 100, STACK);
        register(BP, STACK + 16);
        word(2, STACK + 48);
        word(3, CODE + 200);
        text.set(JAVA_BYTE, 195, (byte) 0xe8);
        word(6, 0);
        word(7, CODE + 300);
        text.set(JAVA_BYTE, 295, (byte) 0xe8);
        HostStack found = unwind(HostMapping.NO_TABLE, new SmallTable());
        assertThat(found.addresses()).containsExactly(CODE + 100, CODE + 200, CODE + 300);
        assertThat(found.outcome()).isEqualTo(StackOutcome.COMPLETE);
        assertThat(found.guessed()).isEqualTo(2);
        text.set(JAVA_BYTE, 295, (byte) 0);
        assertThat(unwind(HostMapping.NO_TABLE, new SmallTable()).outcome()).isEqualTo(StackOutcome.NO_CALL);
    }

    @Test
    void theFirstFrameLiesAtTheArguments() throws Exception {
        SmallTable table = new SmallTable().rule(SmallTable.CFA_REGISTER, SmallTable.RSP, 24, 0);
        leaf(CODE, STACK);
        word(2, CODE + 2048); // behind the table's pages: no rule covers it
        register(BP, 1);
        HostStack found = unwind(0, table, STACK + 24);
        assertThat(found.addresses()).containsExactly(CODE, CODE + 2048);
        assertThat(found.outcome()).isEqualTo(StackOutcome.COMPLETE);
        assertThat(unwind(0, table, STACK + 24 + 72).outcome()).isEqualTo(StackOutcome.NO_FRAME_POINTER);
        assertThat(unwind(0, table, 0).outcome()).isEqualTo(StackOutcome.NO_FRAME_POINTER);
    }

    @Test
    void codeOfALivingProcessIsReadWhereItIsNotGiven() throws Exception {
        // This process's own memory is the code.
        MemorySegment living = arena.allocate(4096, 4096);
        living.set(JAVA_BYTE, 195, (byte) 0xe8);
        HostCode code = new HostCode(
                List.of(
                        new HostMapping(living.address(), living.address() + 4096, 0, true, HostMapping.NO_TABLE),
                        new HostMapping(STACK, STACK + 65536, 0, false, HostMapping.NO_TABLE)),
                List.of(),
                0);
        leaf(living.address() + 100, STACK);
        register(BP, STACK + 16);
        word(2, 0);
        word(3, living.address() + 200);
        List<HostMemory> memory = List.of(new HostMemory(STACK, stack));
        int self = (int) ProcessHandle.current().pid();
        HostStack without = unwinder.unwind(registers, memory, code);
        assertThat(without.outcome()).isEqualTo(StackOutcome.UNREADABLE);
        assertThat(without.unreadable())
                .as("in the code before the call's end")
                .isBetween(living.address() + 190, living.address() + 199);
        HostStack found = unwinder.unwind(registers, memory, code, self);
        assertThat(found.addresses()).containsExactly(living.address() + 100, living.address() + 200);
        assertThat(found.outcome()).isEqualTo(StackOutcome.COMPLETE);
    }

    @Test
    void aTableThatIsNotAmongThoseGiven() throws Exception {
        leaf(CODE, STACK);
        assertThat(unwind(HostMapping.TABLE_MISSING, new SmallTable()).outcome())
                .isEqualTo(StackOutcome.TABLE_PENDING);
    }

    @Test
    void codeThatIsNotMapped() throws Exception {
        leaf(CODE + 4096, STACK);
        assertThat(unwind(new SmallTable()).outcome()).isEqualTo(StackOutcome.NOT_MAPPED);
        leaf(STACK, STACK);
        assertThat(unwind(new SmallTable()).outcome()).isEqualTo(StackOutcome.NOT_MAPPED);
    }

    @Test
    void whatIsNoCodeIsNoCaller() throws Exception {
        leaf(CODE, STACK);
        word(0, STACK + 8);
        HostStack found = unwind(new SmallTable().rule(SmallTable.CFA_REGISTER, SmallTable.RSP, 8, 0));
        assertThat(found.addresses()).containsExactly(CODE);
        assertThat(found.outcome()).isEqualTo(StackOutcome.NOT_MAPPED);
    }

    @Test
    void aStackDeeperThanTheLimit() throws Exception {
        SmallTable table = new SmallTable().rule(SmallTable.CFA_REGISTER, SmallTable.RSP, 8, 0);
        MemorySegment deep = arena.allocate(8L * 2000, 8);
        for (int i = 0; i < 2000; i++) {
            deep.setAtIndex(JAVA_LONG, i, CODE + 4);
        }
        leaf(CODE, STACK);
        HostStack found = unwinder.unwind(registers, List.of(new HostMemory(STACK, deep)), code(0, table, 0));
        assertThat(found.addresses()).hasSize(1024);
        assertThat(found.outcome()).isEqualTo(StackOutcome.DEPTH_LIMIT);
    }

    @Test
    void mappingsInDisorder() {
        HostMapping first = new HostMapping(CODE, CODE + 4096, 0, true, HostMapping.NO_TABLE);
        HostMapping second = new HostMapping(CODE + 2048, CODE + 8192, 0, true, HostMapping.NO_TABLE);
        assertThatThrownBy(() -> new HostCode(List.of(first, second), List.of(), 0))
                .hasMessageContaining("expected: ascending");
    }

    private void leaf(long pc, long sp) {
        register(IP, pc);
        register(SP, sp);
    }

    private void register(int index, long value) {
        registers.setAtIndex(JAVA_LONG, index, value);
    }

    private void word(int index, long value) {
        stack.setAtIndex(JAVA_LONG, index, value);
    }

    private HostStack unwind(SmallTable table) throws IOException {
        return unwind(0, table);
    }

    private HostStack unwind(int number, SmallTable table) throws IOException {
        return unwind(number, table, 0);
    }

    private HostStack unwind(int number, SmallTable table, long stackTop) throws IOException {
        // Split, as pages copied one by one are: a word may be read across the border.
        List<HostMemory> memory = List.of(
                new HostMemory(STACK + 20, stack.asSlice(20)),
                new HostMemory(CODE, text),
                new HostMemory(STACK, stack.asSlice(0, 20)));
        return unwinder.unwind(registers, memory, code(number, table, stackTop));
    }

    private static HostCode code(int number, SmallTable table, long stackTop) throws IOException {
        return new HostCode(
                List.of(
                        new HostMapping(CODE, CODE + 4096, 0, true, number),
                        new HostMapping(STACK, STACK + 65536, 0, false, HostMapping.NO_TABLE)),
                List.of(new HostTable(table.image())),
                stackTop);
    }
}
