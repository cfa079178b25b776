package dev.sonde.symbolizer.elf;

import java.io.IOException;

/** A file that cannot be used as an ELF file. The message names the field, its value and what was expected. */
public final class ElfException extends IOException {

    private static final long serialVersionUID = 1L;

    /** Why, in classes that a counter can have as labels. */
    public enum Reason {
        /** The file does not start as an ELF file does. */
        NOT_ELF,
        /** A well-formed ELF file of a kind that is not read: 32 bit, big-endian, another machine. */
        UNSUPPORTED,
        /** A field contradicts the format, the file's size or another field. */
        MALFORMED,
        /** A count or size beyond the bound that keeps memory and time in hand. */
        TOO_LARGE
    }

    private final Reason reason;

    private ElfException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    /** The class of the failure. */
    public Reason reason() {
        return reason;
    }

    static ElfException notElf(String message) {
        return new ElfException(Reason.NOT_ELF, message);
    }

    /** A file of a kind that is not read. */
    public static ElfException unsupported(String field, Object value, String expected) {
        return new ElfException(Reason.UNSUPPORTED, sentence(field, value, expected));
    }

    /** A field that contradicts the format. */
    public static ElfException malformed(String field, Object value, String expected) {
        return new ElfException(Reason.MALFORMED, sentence(field, value, expected));
    }

    /** A count or size beyond its bound. */
    public static ElfException tooLarge(String field, Object value, String expected) {
        return new ElfException(Reason.TOO_LARGE, sentence(field, value, expected));
    }

    private static String sentence(String field, Object value, String expected) {
        return field + ": " + value + " (expected: " + expected + ")";
    }
}
