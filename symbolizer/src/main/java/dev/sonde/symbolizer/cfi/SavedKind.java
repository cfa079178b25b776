package dev.sonde.symbolizer.cfi;

/** How a row finds the caller's value of a register. */
public enum SavedKind {
    /** Not changed so far. */
    SAME(0),
    /** The word at CFA + offset. */
    AT_CFA(1),
    /** The word at rbp + offset: functions that aligned their stack. */
    AT_RBP(2),
    /** The word at the register that the CFA starts from + offset: what restores a whole context. */
    AT_BASE(3),
    /** CFA + offset itself. */
    CFA_VALUE(4),
    /** In the register whose number the offset is. */
    REGISTER(5),
    /** Cannot be known. For the return address: the end of the stack. */
    UNDEFINED(6),
    /** There is a rule, but none that can be expressed here. */
    UNSUPPORTED(7),
    /** The word at rsp + offset, where the CFA starts from another register: HotSpot's entries and exits. */
    AT_RSP(8),
    /** The word at r15 + offset: HotSpot keeps the address of its JavaThread there. */
    AT_R15(9);

    private static final SavedKind[] ALL = values();

    private final int code;

    SavedKind(int code) {
        this.code = code;
    }

    /** The number in the binary form of a rule. */
    public int code() {
        return code;
    }

    static SavedKind ofCode(int code) {
        return code < ALL.length ? ALL[code] : UNSUPPORTED;
    }
}
