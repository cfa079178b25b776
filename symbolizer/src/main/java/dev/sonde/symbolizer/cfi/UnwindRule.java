package dev.sonde.symbolizer.cfi;

/**
 * How to get from a frame to its caller: 16 bytes, as two little-endian words of the layout that the package's
 * description shows.
 *
 * @param low bytes 0 to 7: kinds, registers, CFA offset
 * @param high bytes 8 to 15: offsets of rbp and the return address, addend of the CFA
 */
public record UnwindRule(long low, long high) {

    /** Bytes of a rule in a table. */
    public static final int BYTES = 16;

    /** No table covers the address. */
    public static final UnwindRule UNCOVERED = bare(CfaKind.UNCOVERED);
    /** The function's frame information is broken. */
    public static final UnwindRule BROKEN = bare(CfaKind.BROKEN);
    /** A rule that cannot be expressed. */
    public static final UnwindRule UNSUPPORTED = bare(CfaKind.UNSUPPORTED);

    /** Bit of the return address's byte that marks signal frames. */
    public static final int SIGNAL_FRAME = 0x80;

    /** {@link #rbxOffset()} where the caller's rbx is the frame's. */
    public static final int RBX_SAME = 1;

    private static UnwindRule bare(CfaKind kind) {
        return new UnwindRule(kind.code(), 0);
    }

    /** How the CFA is found. */
    public CfaKind cfaKind() {
        return CfaKind.ofCode((int) low & 0xff);
    }

    /** DWARF number, 0 to 15, of the register that the CFA starts from. */
    public int cfaRegister() {
        return (int) (low >>> 8) & 0xf;
    }

    /** DWARF number, 0 to 15, of the register that is multiplied by 8 ({@link CfaKind#INDEXED} alone). */
    public int indexRegister() {
        return (int) (low >>> 12) & 0xf;
    }

    /** How the caller's rbp is found. */
    public SavedKind rbpKind() {
        return SavedKind.ofCode((int) (low >>> 16) & 0xff);
    }

    /** How the return address is found. */
    public SavedKind returnAddressKind() {
        return SavedKind.ofCode((int) (low >>> 24) & 0x7f);
    }

    /** Whether the frame is a signal trampoline's: its return address is the interrupted instruction, not a call's. */
    public boolean signalFrame() {
        return ((low >>> 24) & SIGNAL_FRAME) != 0;
    }

    /** Whether there is no caller. */
    public boolean endOfStack() {
        return cfaKind() != CfaKind.UNCOVERED && returnAddressKind() == SavedKind.UNDEFINED;
    }

    /** Bytes added to the CFA's register. */
    public int cfaOffset() {
        return (int) (low >>> 32);
    }

    /** Bytes, or the register's number, for rbp. */
    public int rbpOffset() {
        return (int) high;
    }

    /** Bytes, or the register's number, for the return address. */
    public int returnAddressOffset() {
        return (short) (high >>> 32);
    }

    /** Bytes added after the load; the threshold of {@link CfaKind#PLT}; {@link #rbxOffset()}. */
    public int cfaAddend() {
        return (short) (high >>> 48);
    }

    /**
     * How the caller's rbx is found, of {@link CfaKind#REGISTER} alone: below zero, bytes from the CFA on to where it
     * lies; {@link #RBX_SAME}; 0 where it is not known, as in all files that have no CFA on it.
     */
    public int rbxOffset() {
        return cfaKind() == CfaKind.REGISTER ? cfaAddend() : 0;
    }

    /** The CFA as {@code readelf -wF} writes it, with a word of ours where no rule is known. */
    public String cfaText() {
        return switch (cfaKind()) {
            case REGISTER, STACK_SWITCH -> X86Registers.name(cfaRegister()) + signed(cfaOffset());
            case DEREFERENCED, INDEXED, PLT, INTERPRETER, CONTINUATION -> "exp";
            case UNCOVERED -> "uncovered";
            case UNSUPPORTED -> "unsupported";
            case BROKEN -> "broken";
        };
    }

    /** rbp as {@code readelf -wF} writes it. */
    public String rbpText() {
        return savedText(rbpKind(), rbpOffset());
    }

    /** The return address as {@code readelf -wF} writes it. */
    public String returnAddressText() {
        return savedText(returnAddressKind(), returnAddressOffset());
    }

    /** What {@code exp} stands for, or an empty text. */
    public String expressionText() {
        String base = X86Registers.name(cfaRegister());
        String cfa = switch (cfaKind()) {
            case DEREFERENCED -> dereferenced(base);
            case INTERPRETER -> "interpreter, " + dereferenced(base);
            case CONTINUATION -> "moves a virtual thread";
            case INDEXED ->
                "cfa=*(" + base + "+8*" + X86Registers.name(indexRegister()) + signed(cfaOffset()) + ")"
                        + signed(cfaAddend());
            case PLT -> "cfa=" + base + signed(cfaOffset()) + "+8*((rip&15)>=" + cfaAddend() + ")";
            case STACK_SWITCH -> "switches stacks";
            default -> "";
        };
        return (cfa
                        + memoryText(" rbp", rbpKind(), rbpOffset())
                        + memoryText(" ra", returnAddressKind(), returnAddressOffset()))
                .strip();
    }

    private String dereferenced(String base) {
        return "cfa=*(" + base + signed(cfaOffset()) + ")" + signed(cfaAddend());
    }

    private String memoryText(String name, SavedKind kind, int offset) {
        return switch (kind) {
            case AT_RBP -> name + "=*(rbp" + signed(offset) + ")";
            case AT_BASE -> name + "=*(" + X86Registers.name(cfaRegister()) + signed(offset) + ")";
            case AT_RSP -> name + "=*(rsp" + signed(offset) + ")";
            case AT_R15 -> name + "=*(r15" + signed(offset) + ")";
            default -> "";
        };
    }

    private static String savedText(SavedKind kind, int offset) {
        return switch (kind) {
            case SAME, UNDEFINED -> "u";
            case AT_CFA -> "c" + signed(offset);
            case AT_RBP, AT_BASE, AT_RSP, AT_R15, UNSUPPORTED -> "exp";
            case CFA_VALUE -> "v" + signed(offset);
            case REGISTER -> "r" + offset + "(" + X86Registers.name(offset) + ")";
        };
    }

    private static String signed(int offset) {
        return offset < 0 ? Integer.toString(offset) : "+" + offset;
    }
}
