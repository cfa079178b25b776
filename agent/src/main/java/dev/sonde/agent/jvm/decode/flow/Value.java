package dev.sonde.agent.jvm.decode.flow;

/**
 * What is known of a register's or a stack slot's content: a base that has a name, and bytes added to it, in one long.
 * Addresses of stack slots are written the same way. A base is one of those below or the place in the code that set rsp
 * to what cannot be told from what it was before.
 */
public final class Value {

    static final int UNKNOWN_BASE = 0;
    /** The canonical frame address: the caller's rsp once this code has returned. */
    public static final int CFA = 1;
    /** The address that this code returns to. Nothing is added to it. */
    public static final int RETURN_ADDRESS = 2;
    /** The caller's rbp. */
    public static final int CALLER_RBP = 3;
    /** The interpreter's Method. */
    public static final int METHOD = 4;
    /** The interpreter's bytecode pointer, which moves. */
    public static final int BCP = 5;
    /** The interpreter's rbp. */
    public static final int FRAME = 6;
    /** The first byte of the code: where a jump goes to, or a table of jumps lies. */
    public static final int CODE = 7;
    /** The JavaThread that r15 points at. */
    public static final int THREAD = 8;
    /** The first of the bases that are places in the code. */
    public static final int FIRST_PLACE = 16;

    /** Nothing is known of it. */
    public static final long UNKNOWN = 0;

    private Value() {}

    /** A base and bytes. */
    public static long of(int base, int offset) {
        return ((long) base << 32) | (offset & 0xffff_ffffL);
    }

    /** A stack pointer that was set anew at an offset in the code. */
    static long place(int codeOffset) {
        return of(FIRST_PLACE + codeOffset, 0);
    }

    /** The base of a value. */
    public static int base(long value) {
        return (int) (value >>> 32);
    }

    /** The bytes added. */
    public static int offset(long value) {
        return (int) value;
    }

    /** Whether it is an address to which bytes can be added, and not content that the caller left. */
    public static boolean isAddress(long value) {
        int base = base(value);
        return base == CFA || base >= FRAME;
    }

    /** The value some bytes on, where that is known. */
    public static long plus(long value, long bytes) {
        if (!isAddress(value)) {
            return UNKNOWN;
        }
        long sum = offset(value) + bytes;
        return sum == (int) sum ? of(base(value), (int) sum) : UNKNOWN;
    }
}
