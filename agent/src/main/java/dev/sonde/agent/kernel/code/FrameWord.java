package dev.sonde.agent.kernel.code;

/**
 * A user frame as samples and the host's unwinder hold it ({@code enum sonde_frame} in event.h): one word, its address, or
 * two in Java code. The highest byte of the first tells, which is zero in user addresses.
 */
public final class FrameWord {

    /** The word is where the frame's code stands, or for a caller what its call returns to. */
    public static final int ADDRESS = 0;

    /**
     * Java code in the interpreter. {@link #payload} of the first word is its {@code Method *}; the second is its bytecode
     * pointer, 0 in a native method's frame.
     */
    public static final int INTERPRETED = 1;

    /**
     * Java code that was compiled. {@link #payload} of the first word is the address, as of any frame; of a deoptimised
     * frame that which it would have returned to. The second has {@link #method} and {@link #compileId}.
     */
    public static final int COMPILED = 2;

    /** SONDE_FRAME_SHIFT. */
    private static final int SHIFT = 56;

    private static final int METHOD_SHIFT = 16;

    private static final int COMPILE_ID_MASK = 0xffff;

    private FrameWord() {}

    /** What a frame's first word is. */
    public static int kind(long first) {
        int kind = (int) (first >>> SHIFT);
        return kind == INTERPRETED || kind == COMPILED ? kind : ADDRESS;
    }

    /** How many words the frame has. */
    public static int count(long first) {
        return kind(first) == ADDRESS ? 1 : 2;
    }

    /** The first word without its kind. */
    public static long payload(long first) {
        return kind(first) == ADDRESS ? first : first & ((1L << SHIFT) - 1);
    }

    /** The {@code Method *} in the second word of a compiled frame. */
    public static long method(long second) {
        return second >>> METHOD_SHIFT;
    }

    /** The low 16 bits of the compile id, in the second word of a compiled frame. */
    public static int compileId(long second) {
        return (int) second & COMPILE_ID_MASK;
    }
}
