package dev.sonde.agent.unwind.host;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sonde.agent.kernel.StackOutcome;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Frames of a JVM's compiled code and of its stubs, over a copied stack of a few words. */
class CompiledFramesTest {

    private static final long LIBRARY = 0x55_0000_0000L;
    private static final long STACK = 0x7ffd_0000_0000L;
    private static final int STACK_WORDS = 64;
    private static final int FRAME_WORDS = 4;

    /** Indices in struct user_regs_struct. */
    private static final int R15 = 0;

    private static final int SI = 13;
    private static final int DI = 14;
    private static final int IP = 16;
    private static final int SP = 19;
    private static final int FS_BASE = 21;

    private static final long ROOT = SmallJvm.STUB + 5;

    /** Code of ZGC's barriers as JDK 17, 21 and 25 have it, from behind the call on, and how much lies on the frame. */
    @ParameterizedTest
    @CsvSource({
        // mov (%rsp), %rcx; mov 8(%rsp), %r10; vzeroupper; add $16, %rsp; jmp
        "488b0c24 4c8b542408 c5f877 4883c410 e909bbffff, 2",
        // mov %rax, %r11; mov 8(%rsp), %rdx; vzeroupper; add $32, %rsp; jmp short
        "4c8bd8 488b542408 c5f877 4883c420 ebb2, 4",
        // vmovq 0x28(%rsp), %xmm8; vmovdqu 0x40(%rsp), %ymm1; vmovdqu32 0x40(%rsp), %zmm16; add $0x100, %rsp; jmp
        "c57a7e442428 c5fe6f4c2440 62e17e486f442401 4881c400010000 e900000000, 32",
        // movdqu 0x10(%rsp), %xmm9; movq 8(%rsp), %xmm1; kmovq 0x20(%rsp), %k1; add $48, %rsp; jmp
        "f3440f6f4c2410 f30f7e4c2408 c4e1f8904c2420 4883c430 e900000000, 6",
        // C1: add $16, %rsp; mov %rax, %rcx; pop %rax; jmp
        "4883c410 488bc8 58 e99df8ffff, 3",
        // A method's own epilogue behind a call, and a jump to another's: pop %rbp.
        "4883c410 5d e99df8ffff, 0",
        // Something else behind the restored registers.
        "488b0c24 4883c410 c3, 0",
        // mov 8(%rsp), %rsp: what lies above is not known.
        "488b642408 4883c410 e900000000, 0",
    })
    void aCallFromABarriersFrame(String code, int words) throws Exception {
        long back = SmallJvm.METHOD_CODE + 64;
        SmallJvm jvm = jvm().code(back - 5, hex("e800000000")).code(back, hex(code));
        MemorySegment stack = stack();
        word(stack, 0, back);
        word(stack, 1 + words + FRAME_WORDS - 1, ROOT);
        HostStack found = unwind(jvm, registers(LIBRARY, STACK), stack);
        assertThat(found.addresses()).containsExactly(LIBRARY, back, ROOT);
        assertThat(found.outcome()).isEqualTo(StackOutcome.COMPLETE);
    }

    @Test
    void theLeafInABarriersFrame() throws Exception {
        // mov %r10, 24(%rsp); lea 0x10(%r11,%r9,8), %rsi; mov $target, %r10; call *%r10; mov %rax, %rcx; ...
        String code = "4c89542418 4b8d74cb10 49ba0000000000000000 41ffd2 488bc8 4c8b542418 4883c458 e900000000";
        long pc = SmallJvm.METHOD_CODE + 64;
        MemorySegment stack = stack();
        word(stack, 11 + FRAME_WORDS - 1, ROOT);
        HostStack found = unwind(jvm().code(pc, hex(code)), registers(pc, STACK), stack);
        assertThat(found.addresses()).containsExactly(pc, ROOT);
        assertThat(found.outcome()).isEqualTo(StackOutcome.COMPLETE);
        // What an older frame has left where the method's would end without the barrier's does not count.
        word(stack, FRAME_WORDS - 1, ROOT + 2);
        assertThat(unwind(jvm().code(pc, hex(code)), registers(pc, STACK), stack)
                        .addresses())
                .containsExactly(pc, ROOT);
    }

    /** While String.indexOf looks: the stack pointer of before, strings and a length lie on the frame, maybe copies. */
    @ParameterizedTest
    @CsvSource({"4", "6", "8"})
    void aSavedStackPointerBelowStringsIsBelieved(int words) throws Exception {
        long pc = SmallJvm.METHOD_CODE + 64;
        long string = 0x7_0000_1000L;
        long sought = 0x7_0000_2000L;
        MemorySegment stack = stack();
        word(stack, 0, STACK + 8L * words);
        word(stack, 1, string);
        word(stack, 2, sought);
        word(stack, 3, 20);
        // What an older frame has left.
        word(stack, words + 1, SmallJvm.STUB + 16 + 5);
        word(stack, words + FRAME_WORDS - 1, ROOT);
        MemorySegment registers = registers(pc, STACK);
        registers.setAtIndex(JAVA_LONG, DI, string);
        registers.setAtIndex(JAVA_LONG, SI, sought + 16);
        // vpcmpestri $12, (%rbx), %xmm0; jbe
        HostStack found = unwind(jvm().code(pc, hex("c4e37961030c 721e")), registers, stack);
        assertThat(found.addresses()).containsExactly(pc, ROOT);
        assertThat(found.outcome()).isEqualTo(StackOutcome.COMPLETE);
    }

    @ParameterizedTest
    @CsvSource({"1", "3"})
    void aSavedStackPointerAloneIsBelievedWhereOneWordWasPushed(int words) throws Exception {
        long pc = SmallJvm.METHOD_CODE + 64;
        MemorySegment stack = stack();
        word(stack, 1, STACK + 8 + 8L * words);
        word(stack, 1 + FRAME_WORDS - 1, SmallJvm.STUB + 16 + 5);
        word(stack, 1 + words + FRAME_WORDS - 1, ROOT);
        HostStack found = unwind(jvm().code(pc, hex("c4e37961030c")), registers(pc, STACK + 8), stack);
        assertThat(found.addresses()).containsExactly(pc, ROOT);
    }

    @Test
    void aStackPointerOfBeforeInAFrameIsNotBelieved() throws Exception {
        long pc = SmallJvm.METHOD_CODE + 64;
        MemorySegment stack = stack();
        word(stack, 0, STACK + 8 * 4);
        word(stack, 1, 0x7_0000_1000L);
        word(stack, 2, 0x7_0000_2000L);
        word(stack, FRAME_WORDS - 1, ROOT);
        word(stack, 4 + FRAME_WORDS - 1, SmallJvm.STUB + 16 + 5);
        HostStack found = unwind(jvm().code(pc, hex("c4e37961030c")), registers(pc, STACK), stack);
        assertThat(found.addresses()).containsExactly(pc, ROOT);
    }

    /** C1's calls of its own stubs, with registers of one byte's and of two bytes' push. */
    @ParameterizedTest
    @CsvSource({
        "5356 e800000000 5b5b, 2",
        "534151 e800000000 5b5b, 2",
        "415156 e800000000 41595e, 2",
        "415156 e800000000 5e4159, 2",
        "41534151 e800000000 415b415b, 2",
        "41544151 e800000000 415c415c, 2",
        // An arraycopy's: cmp $0, %esi or test; jne; pop; pop.
        "5657 e800000000 5f5e 83fe00 0f8500000000 5f5e, 4",
        "56 4151 e800000000 4159 5e 4585c9 0f8500000000 4159 5e, 4",
        // Another jump: je.
        "5657 e800000000 5f5e 83fe00 0f8400000000 5f5e, 2",
    })
    void argumentsAroundACallOfC1s(String text, int words) throws Exception {
        byte[] code = hex(text);
        long start = SmallJvm.METHOD_CODE + 64;
        int call = text.replace(" ", "").indexOf("e8") / 2;
        int first = code[0] == 0x41 ? 2 : 1;
        int firstPop = code[call + 5] == 0x41 ? 2 : 1;
        assertPushed(code, start, start + first, words - 1);
        assertPushed(code, start, start + call, words);
        assertPushed(code, start, start + call + 5, words);
        assertPushed(code, start, start + call + 5 + firstPop, words - 1);
        // From within the stub.
        MemorySegment stack = stack();
        word(stack, 0, start + call + 5);
        word(stack, 1 + words + FRAME_WORDS - 1, ROOT);
        assertThat(unwind(jvm().code(start, code), registers(LIBRARY, STACK), stack)
                        .addresses())
                .containsExactly(LIBRARY, start + call + 5, ROOT);
    }

    private static void assertPushed(byte[] code, long start, long pc, int words) throws IOException {
        MemorySegment stack = stack();
        // What an older frame has left.
        word(stack, FRAME_WORDS - 1, SmallJvm.STUB + 16 + 5);
        word(stack, words + FRAME_WORDS - 1, ROOT);
        assertThat(unwind(jvm().code(start, code), registers(pc, STACK), stack).addresses())
                .as("%d words at %d", words, pc - start)
                .containsExactly(pc, ROOT);
    }

    /** Behind a call the JavaThread is found in thread-local storage. */
    @Test
    void framesThatAreBeingMoved() throws Exception {
        long thread = STACK + 8 * 40;
        long vector = STACK + 8 * 30;
        MemorySegment stack = stack();
        word(stack, 0, SmallJvm.STUB + 16 + 5);
        word(stack, 21, vector); // at fs_base + 8
        word(stack, 30 + 2 * SmallJvm.THREAD_MODULE, STACK + 8 * 20);
        word(stack, 20 + SmallJvm.THREAD_OFFSET / 8, thread);
        word(stack, 40 + SmallJvm.THREAD_ENTRY / 8, STACK + 8 * 10);
        word(stack, 40 + SmallJvm.THREAD_STACK_BASE / 8, STACK + 8 * 12);
        word(stack, 10 + FRAME_WORDS - 1, ROOT);
        MemorySegment registers = registers(LIBRARY, STACK);
        registers.setAtIndex(JAVA_LONG, R15, 1);
        assertThat(unwind(jvm(), registers, stack).outcome()).isEqualTo(StackOutcome.REGISTER_LOST);
        registers.setAtIndex(JAVA_LONG, FS_BASE, STACK + 8 * 20);
        HostStack found = unwind(jvm(), registers, stack);
        long returnPc = SmallJvm.METHOD_CODE + 32;
        assertThat(found.addresses()).containsExactly(LIBRARY, SmallJvm.STUB + 16 + 5, returnPc, ROOT);
        assertThat(found.outcome()).isEqualTo(StackOutcome.COMPLETE);
        // An entry that is not on the stack.
        word(stack, 40 + SmallJvm.THREAD_STACK_BASE / 8, STACK + 8 * 9);
        assertThat(unwind(jvm(), registers, stack).outcome()).isEqualTo(StackOutcome.JVM_CHUNK);
        // Storage that libjvm has not got yet.
        word(stack, 30 + 2 * SmallJvm.THREAD_MODULE, -1);
        assertThat(unwind(jvm(), registers, stack).outcome()).isEqualTo(StackOutcome.REGISTER_LOST);
    }

    /** The map of segments leads back to a method's block from each of its segments, wherever both are. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 100, 239, 240, 241, 254, 255, 256, 300, 508, 509, 600, 999})
    void aLongMethod(int segment) throws Exception {
        int first = SmallJvm.FREE_SEGMENT;
        long back = SmallJvm.segment(first + segment) + 32;
        SmallJvm jvm =
                jvm().method(first, SmallJvm.SEGMENTS - first, FRAME_WORDS).code(back - 5, hex("e800000000"));
        MemorySegment stack = stack();
        word(stack, 0, back);
        word(stack, 1 + FRAME_WORDS - 1, ROOT);
        HostStack found = unwind(jvm, registers(LIBRARY, STACK), stack);
        assertThat(found.addresses()).containsExactly(LIBRARY, back, ROOT);
        assertThat(found.outcome()).isEqualTo(StackOutcome.COMPLETE);
        assertThat(unwind(jvm.free(first + segment), registers(LIBRARY, STACK), stack)
                        .outcome())
                .isEqualTo(StackOutcome.JVM_UNKNOWN_CODE);
    }

    /** What was met before is known by its own place, whatever came in between. */
    @Test
    void methodsInTurns() throws Exception {
        int methods = 6;
        SmallJvm jvm = jvm();
        long[] returns = new long[methods];
        for (int i = 0; i < methods; i++) {
            int first = SmallJvm.FREE_SEGMENT + 2 * i;
            returns[i] = SmallJvm.segment(first + 1) + 16;
            jvm.method(first, 2, 2 + i).code(returns[i] - 5, hex("e800000000"));
        }
        List<Long> expected = new ArrayList<>(List.of(LIBRARY));
        MemorySegment stack = stack();
        int slot = 0;
        for (int method : new int[] {0, 1, 0, 2, 3, 2, 4, 5, 0, 1, 0, 4, 4, 5}) {
            word(stack, slot, returns[method]);
            expected.add(returns[method]);
            slot += 2 + method;
        }
        word(stack, slot, ROOT);
        expected.add(ROOT);
        HostStack found = unwind(jvm, registers(LIBRARY, STACK), stack);
        assertThat(Arrays.stream(found.addresses()).boxed()).isEqualTo(expected);
        assertThat(found.outcome()).isEqualTo(StackOutcome.COMPLETE);
    }

    /** Its code calls everywhere: in the stub that all is called from, in the one that moves frames, in the method. */
    private static SmallJvm jvm() {
        return new SmallJvm(FRAME_WORDS)
                .code(ROOT - 5, hex("e800000000"))
                .code(SmallJvm.STUB + 16, hex("e800000000"))
                .code(SmallJvm.METHOD_CODE + 32 - 5, hex("e800000000 90"));
    }

    private static HostStack unwind(SmallJvm jvm, MemorySegment registers, MemorySegment stack) throws IOException {
        SmallTable library = new SmallTable().rule(SmallTable.CFA_REGISTER, SmallTable.RSP, 8, 0);
        SmallTable stubs = new SmallTable()
                .rule(SmallTable.CFA_REGISTER, SmallTable.RSP, 8, 0, 0, 0, SmallTable.UNDEFINED, 0)
                .rule(SmallTable.CFA_CONTINUATION, 0, 0, 0);
        HostCode code = new HostCode(
                List.of(
                        new HostMapping(LIBRARY, LIBRARY + 4096, 0, true, 0),
                        new HostMapping(SmallJvm.HEAP, SmallJvm.HEAP + 4096, 0, true, HostMapping.NO_TABLE),
                        new HostMapping(STACK, STACK + 4096, 0, false, HostMapping.NO_TABLE)),
                List.of(new HostTable(library.image())),
                0,
                jvm.image(stubs.image(), SmallJvm.METHOD_CODE + 32));
        List<HostMemory> memory = new ArrayList<>(jvm.memory());
        memory.add(new HostMemory(STACK, stack));
        return new HostUnwinder().unwind(registers, memory, code);
    }

    private static MemorySegment stack() {
        return Arena.ofAuto().allocate(8L * STACK_WORDS, 8);
    }

    private static void word(MemorySegment stack, int index, long value) {
        stack.setAtIndex(JAVA_LONG, index, value);
    }

    private static MemorySegment registers(long pc, long sp) {
        MemorySegment registers = Arena.ofAuto().allocate(HostUnwinder.REGISTERS_AND_FS_BASE_BYTES, 8);
        registers.setAtIndex(JAVA_LONG, IP, pc);
        registers.setAtIndex(JAVA_LONG, SP, sp);
        return registers;
    }

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text.replace(" ", ""));
    }
}
