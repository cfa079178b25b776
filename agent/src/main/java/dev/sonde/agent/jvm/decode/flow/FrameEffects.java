package dev.sonde.agent.jvm.decode.flow;

import static dev.sonde.agent.jvm.decode.flow.Instruction.RBP;
import static dev.sonde.agent.jvm.decode.flow.Instruction.RSP;

/**
 * What an instruction does to what is known (Intel SDM volume 2, the instructions' pages): moves of stack addresses are
 * followed, all else that is written is forgotten. A store through an address that is not known is taken not to hit the
 * slots that a frame hangs on.
 */
final class FrameEffects {

    private static final int WORD = Long.BYTES;

    /** rax, rcx, rdx, rsi, rdi, r8 to r11: what a C function may change (System V psABI for AMD64, figure 3.4). */
    private static final int VOLATILE = 0b0000_1111_1100_0111;

    /** Where the code's first byte lies in the process, and how long it is. */
    private final long codeStart;

    private final long codeBytes;
    private FrameState state;
    private Instruction insn;
    private int codeOffset;

    FrameEffects(long codeStart, long codeBytes) {
        this.codeStart = codeStart;
        this.codeBytes = codeBytes;
    }

    /** Changes the state to what holds behind an instruction, of calls once they have returned. */
    void apply(Instruction instruction, int offset, FrameState to) {
        insn = instruction;
        codeOffset = offset;
        state = to;
        if (insn.isCall()) {
            call();
        } else if (!insn.oneByte() || !oneByte()) {
            forgetWritten();
        }
    }

    private void call() {
        for (int i = 0; i < 16; i++) {
            if (((VOLATILE >> i) & 1) != 0) {
                state.register(i, Value.UNKNOWN);
            }
        }
        state.forgetBelowStack();
        state.forgetSlots(Value.THREAD);
    }

    private void forgetWritten() {
        int bytes = MemoryWrites.bytes(insn);
        if (bytes > 0) {
            state.forget(address(), bytes);
        }
        int written = RegisterWrites.of(insn);
        for (int i = 0; written != 0; i++, written >>>= 1) {
            if ((written & 1) != 0) {
                assign(i, Value.UNKNOWN);
            }
        }
    }

    /** Where the memory operand lies. */
    private long address() {
        if (insn.base < 0 || insn.index != Instruction.NO_REGISTER) {
            return Value.UNKNOWN;
        }
        if (insn.base == Instruction.RIP) {
            return codeValue(codeOffset + insn.length + (long) insn.displacement);
        }
        return Value.plus(state.register(insn.base), insn.displacement);
    }

    private long codeValue(long offset) {
        return offset >= 0 && offset < codeBytes ? Value.of(Value.CODE, (int) offset) : Value.UNKNOWN;
    }

    private void assign(int register, long value) {
        if (register == RSP && !Value.isAddress(value)) {
            state.stackAnew(codeOffset);
        } else {
            state.register(register, value);
        }
    }

    private void moveStack(long bytes) {
        assign(RSP, Value.plus(state.register(RSP), bytes));
    }

    private void push(long value) {
        moveStack(-WORD);
        state.store(state.register(RSP), value);
    }

    private long pop() {
        long value = state.load(state.register(RSP));
        moveStack(WORD);
        return value;
    }

    /** The instructions that are followed; false of others. */
    private boolean oneByte() {
        int opcode = insn.opcode;
        if (opcode >= 0x50 && opcode <= 0x57) {
            push(state.register(insn.rm));
            return true;
        }
        if (opcode >= 0x58 && opcode <= 0x5f) {
            assign(insn.rm, pop());
            return true;
        }
        return switch (opcode) {
            case 0x01, 0x29 -> addRegister(insn.rm, insn.registerForm);
            case 0x03, 0x2b -> addRegister(insn.reg, true);
            case 0x81, 0x83 -> addImmediate();
            case 0x68, 0x6a, 0x9c -> pushUnknown();
            case 0x87 -> exchange(insn.registerForm, insn.reg);
            case 0x89 -> moveFromRegister();
            case 0x8b -> moveToRegister();
            case 0x8d -> loadAddress();
            case 0x8f -> popToMemory();
            case 0x90, 0x91, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97 -> exchange(!insn.isNop(), Instruction.RAX);
            case 0x9d -> popFlags();
            case 0xb8, 0xb9, 0xba, 0xbb, 0xbc, 0xbd, 0xbe, 0xbf -> constant();
            case 0xc9 -> leave();
            case 0xff -> incrementOrPush();
            default -> false;
        };
    }

    private boolean constant() {
        assign(insn.rm, insn.wide ? codeValue(insn.immediate - codeStart) : Value.UNKNOWN);
        return true;
    }

    private boolean pushUnknown() {
        push(Value.UNKNOWN);
        return true;
    }

    private boolean popFlags() {
        pop();
        return true;
    }

    private boolean popToMemory() {
        long value = pop();
        if (!insn.registerForm) {
            state.store(address(), value);
        } else {
            assign(insn.rm, value);
        }
        return true;
    }

    private boolean leave() {
        assign(RSP, state.register(RBP));
        assign(RBP, pop());
        return true;
    }

    /** add and sub of a register: the sum is not known, but it is no stack pointer of before. */
    private boolean addRegister(int target, boolean registerForm) {
        if (!registerForm) {
            return false;
        }
        assign(target, Value.UNKNOWN);
        return true;
    }

    private boolean addImmediate() {
        int extension = insn.reg & 7;
        if (!insn.registerForm || !insn.wide || (extension != 0 && extension != 5)) {
            return false;
        }
        long bytes = extension == 0 ? insn.immediate : -insn.immediate;
        assign(insn.rm, Value.plus(state.register(insn.rm), bytes));
        return true;
    }

    private boolean incrementOrPush() {
        int extension = insn.reg & 7;
        if (extension == 6) {
            push(insn.registerForm ? state.register(insn.rm) : state.load(address()));
            return true;
        }
        if (extension > 1 || !insn.registerForm || !insn.wide) {
            return false;
        }
        assign(insn.rm, Value.plus(state.register(insn.rm), extension == 0 ? 1 : -1));
        return true;
    }

    private boolean exchange(boolean registers, int other) {
        if (!registers || !insn.wide) {
            return false;
        }
        long value = state.register(insn.rm);
        long otherValue = state.register(other);
        assign(insn.rm, otherValue);
        assign(other, value);
        return true;
    }

    private boolean moveFromRegister() {
        if (!insn.wide) {
            return false;
        }
        if (insn.registerForm) {
            assign(insn.rm, state.register(insn.reg));
        } else {
            state.store(address(), state.register(insn.reg));
        }
        return true;
    }

    private boolean moveToRegister() {
        if (!insn.wide) {
            return false;
        }
        assign(insn.reg, insn.registerForm ? state.register(insn.rm) : state.load(address()));
        return true;
    }

    private boolean loadAddress() {
        if (!insn.wide) {
            return false;
        }
        assign(insn.reg, address());
        return true;
    }
}
