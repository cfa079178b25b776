package dev.sonde.bench.steps;

/**
 * A place where a caller was not the true one.
 *
 * @param file the file that the frame's code is in, empty where it is none
 * @param address its ELF virtual address in the file
 * @param function its function, empty where no symbol tells
 * @param reason how the walk ended there, or {@code wrong-caller}
 * @param leaf whether it was the innermost frame; a miss further out costs the stack, not the step
 * @param found the caller that was found, in words
 * @param expected the true one
 */
public record StepMiss(
        String file, long address, String function, String reason, boolean leaf, String found, String expected) {

    /** The reason where the walk went on to what is no caller. */
    static final String WRONG = "wrong-caller";

    /** Code whose function no symbol tells is told by pieces of so many bytes. */
    private static final int PIECE_BYTES = 256;

    /** Where there is no caller. */
    static final String NONE = "none";

    /** What it has in common with others of the same function, in words. */
    String group() {
        String place = function.isEmpty() ? "code around " + hex(address & -PIECE_BYTES) : function;
        return reason + (leaf ? "" : ", further out,") + " in " + place + " of " + file;
    }

    /** An address in hexadecimal. */
    static String hex(long address) {
        return "0x" + Long.toHexString(address);
    }
}
