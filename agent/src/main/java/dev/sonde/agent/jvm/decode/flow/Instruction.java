package dev.sonde.agent.jvm.decode.flow;

/**
 * One instruction of x86-64 machine code, taken apart as far as its length and its effect on the stack need (Intel SDM
 * volume 2, chapter 2). Registers have the machine's numbers: rax 0, rcx 1, rdx 2, rbx 3, rsp 4, rbp 5, rsi 6, rdi 7, r8
 * to r15. The object is used again for the next one.
 */
public final class Instruction {

    public static final int RAX = 0;
    public static final int RCX = 1;
    public static final int RDX = 2;
    public static final int RBX = 3;
    public static final int RSP = 4;
    public static final int RBP = 5;
    public static final int RSI = 6;
    public static final int RDI = 7;
    public static final int R13 = 13;
    public static final int R15 = 15;

    /** {@link #base} and {@link #index} where there is none. */
    static final int NO_REGISTER = -1;
    /** {@link #base} of an operand relative to the next instruction. */
    static final int RIP = 16;

    static final int PREFIX_NONE = 0;
    static final int PREFIX_66 = 1;
    static final int PREFIX_F3 = 2;
    static final int PREFIX_F2 = 3;

    /** How the opcode is encoded. */
    enum Encoding {
        LEGACY,
        VEX,
        EVEX
    }

    Encoding encoding;
    /** Bytes. */
    int length;
    /** 0 one-byte opcodes, 1 those behind 0f, 2 behind 0f 38, 3 behind 0f 3a; of EVEX also 5 and 6. */
    int map;

    int opcode;
    /** The mandatory prefix as VEX numbers it. */
    int prefix;
    /** Whether operands are of 64 bits (REX.W, VEX.W). */
    boolean wide;
    /** Whether a 66 prefix makes operands of 16 bits. */
    boolean narrow;
    /** Bits of a vector register, 128 where the instruction has none. */
    int vectorBits;
    /** A further register operand (VEX.vvvv). */
    int vector;

    boolean hasModrm;
    /** Whether {@link #rm} is a register and not memory. */
    boolean registerForm;
    /** The ModRM byte's middle bits with their extension; an opcode's extension too. */
    int reg;

    int rm;
    int base;
    int index;
    int scale;
    int displacement;
    /** The signed value in the instruction's last bytes; a jump's distance. */
    long immediate;

    boolean isLegacy(int wantedMap, int wantedOpcode) {
        return encoding == Encoding.LEGACY && map == wantedMap && opcode == wantedOpcode;
    }

    boolean oneByte() {
        return encoding == Encoding.LEGACY && map == 0;
    }

    /** jcc, loop and jrcxz. */
    boolean isConditionalJump() {
        if (encoding != Encoding.LEGACY) {
            return false;
        }
        return map == 0
                ? (opcode >= 0x70 && opcode <= 0x7f) || (opcode >= 0xe0 && opcode <= 0xe3)
                : map == 1 && opcode >= 0x80 && opcode <= 0x8f;
    }

    /** jmp to an address in the instruction. */
    boolean isDirectJump() {
        return oneByte() && (opcode == 0xe9 || opcode == 0xeb);
    }

    /** jmp to an address in a register or in memory. */
    boolean isIndirectJump() {
        return oneByte() && opcode == 0xff && (reg & 7) == 4;
    }

    boolean isDirectCall() {
        return oneByte() && opcode == 0xe8;
    }

    /** call, to wherever. */
    public boolean isCall() {
        return isDirectCall() || (oneByte() && opcode == 0xff && (reg & 7) == 2);
    }

    /** ret. */
    public boolean isReturn() {
        return oneByte() && (opcode == 0xc3 || opcode == 0xc2);
    }

    /** hlt, int3, ud2: what HotSpot puts where nothing goes on. */
    public boolean isStop() {
        return (oneByte() && (opcode == 0xf4 || opcode == 0xcc)) || isLegacy(1, 0x0b);
    }

    /** Whether the next instruction may follow it. */
    public boolean fallsThrough() {
        return !isDirectJump() && !isIndirectJump() && !isReturn() && !isStop();
    }

    /** nop in its many lengths. */
    public boolean isNop() {
        return (oneByte() && opcode == 0x90 && (rm & 8) == 0) || isLegacy(1, 0x1f);
    }

    /** How many bytes it has. */
    public int lengthBytes() {
        return length;
    }

    /** push of a register. */
    public boolean isPush() {
        return oneByte() && opcode >= 0x50 && opcode <= 0x57;
    }

    /** push of this register. */
    public boolean isPushOf(int register) {
        return isPush() && rm == register;
    }

    /** push of a number. */
    public boolean isPushOfNumber() {
        return oneByte() && (opcode == 0x68 || opcode == 0x6a);
    }

    /** pop into a register but rsp. */
    public boolean isPop() {
        return oneByte() && opcode >= 0x58 && opcode <= 0x5f && rm != RSP;
    }

    /** pop into this register. */
    public boolean isPopOf(int register) {
        return isPop() && rm == register;
    }

    /** {@code mov rbp, rsp} */
    public boolean setsFramePointer() {
        return isMoveOfRegisters() && (opcode == 0x8b ? reg == RBP && rm == RSP : rm == RBP && reg == RSP);
    }

    /** {@code mov rsp, register} */
    public boolean setsStackPointer() {
        return isMoveOfRegisters() && (opcode == 0x8b ? reg == RSP : rm == RSP);
    }

    private boolean isMoveOfRegisters() {
        return oneByte() && wide && registerForm && (opcode == 0x8b || opcode == 0x89);
    }

    /** {@code mov [register + displacement], register} of 64 bits. */
    public boolean isStoreOfRegister() {
        return oneByte() && opcode == 0x89 && !registerForm && wide && base >= 0 && base < RIP && index == NO_REGISTER;
    }

    /** {@code mov register, [register + displacement]} of 64 bits. */
    public boolean isLoadOfRegister() {
        return oneByte() && opcode == 0x8b && !registerForm && wide && base >= 0 && base < RIP && index == NO_REGISTER;
    }

    /** The register that a {@code mov} loads or stores. */
    public int movedRegister() {
        return reg;
    }

    /** The register that a memory operand is counted from. */
    public int baseRegister() {
        return base;
    }

    /** What is added to it, bytes. */
    public int displacement() {
        return displacement;
    }

    /** {@code and rsp, -bytes} */
    public boolean alignsStack(int bytes) {
        return oneByte() && opcode == 0x83 && registerForm && rm == RSP && (reg & 7) == 4 && immediate == -bytes;
    }

    /** Whether it changes rsp or rbp. */
    public boolean changesFrame() {
        return RegisterWrites.changesFrame(this);
    }

    /** Bytes of a general operand. */
    int operandBytes() {
        return wide ? 8 : narrow ? 2 : 4;
    }
}
