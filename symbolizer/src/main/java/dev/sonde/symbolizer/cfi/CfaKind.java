package dev.sonde.symbolizer.cfi;

/** How a row finds the canonical frame address (CFA). */
public enum CfaKind {
    /** No table covers the address: frame pointers may be tried. */
    UNCOVERED(0),
    /** register + offset. */
    REGISTER(1),
    /** The word at register + offset, plus the addend: hand-written code that moved its stack. */
    DEREFERENCED(2),
    /** The word at register + 8 * index register + offset, plus the addend: OpenSSL's multiplications. */
    INDEXED(3),
    /** rsp + offset, and 8 more where the low four bits of rip are at least the addend: linkers' .plt. */
    PLT(4),
    /** There is a rule, but none that can be expressed here. */
    UNSUPPORTED(5),
    /** The frame information of the function is broken. */
    BROKEN(6),
    /**
     * A Go function that goes on on another stack. From rbp + offset its caller is found on whichever stack; rsp +
     * offset hold only while rsp is still the caller's. The addend tells which function: 1 systemstack, 2 asmcgocall,
     * 3 mcall, 4 morestack, 5 another, 6 a clock.
     */
    STACK_SWITCH(7),
    /**
     * A frame of HotSpot's interpreter that is whole, in code that HotSpot generates: the word at register + offset, plus
     * the addend, as {@link #DEREFERENCED}. Its Method and its bytecode pointer are in the slots that all interpreter
     * frames of the JVM have them in, counted from rbp; they, not the address, name the frame.
     */
    INTERPRETER(8),
    /**
     * HotSpot moves a virtual thread's frames onto its carrier's stack or off it, in code that it generates: the caller
     * is the frame of the continuation's entry, which the JavaThread points at. Nothing else of the rule counts.
     */
    CONTINUATION(9);

    private static final CfaKind[] ALL = values();

    private final int code;

    CfaKind(int code) {
        this.code = code;
    }

    /** The number in the binary form of a rule. */
    public int code() {
        return code;
    }

    static CfaKind ofCode(int code) {
        return code < ALL.length ? ALL[code] : BROKEN;
    }
}
