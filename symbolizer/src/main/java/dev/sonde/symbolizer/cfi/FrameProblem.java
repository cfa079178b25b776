package dev.sonde.symbolizer.cfi;

/** Why a part of a file's frame information could not become rows. The names are labels of counters. */
public enum FrameProblem {
    /** An entry's length, or something in it, reaches past the section. */
    TRUNCATED_ENTRY(0),
    /** An entry longer than its bound. */
    ENTRY_TOO_LONG(1),
    /** A common information entry that is none, or of an unknown version. */
    BAD_CIE(2),
    /** An augmentation that changes the entry in an unknown way. */
    UNKNOWN_AUGMENTATION(3),
    /** A pointer whose encoding is unknown or needs a running process. */
    POINTER_ENCODING(4),
    /** An instruction that x86-64 does not have. */
    UNKNOWN_INSTRUCTION(5),
    /** States restored that were not remembered, or remembered too deep. */
    STATE_STACK(6),
    /** A location that runs backwards or past the function's end. */
    BAD_LOCATION(7),
    /** A function outside the executable segments. */
    OUTSIDE_CODE(8),
    /** A function that starts before its predecessor ends: the predecessor is cut. */
    OVERLAP(9),
    /** A second description of a function: the first one holds. */
    DUPLICATE(10),
    /** A CFA that no rule can express. */
    INEXPRESSIBLE_CFA(11),
    /** A return address that no rule can express. */
    INEXPRESSIBLE_RETURN_ADDRESS(12),
    /** A frame pointer that no rule can express; the rest of its row holds. */
    INEXPRESSIBLE_FRAME_POINTER(13),
    /** More distinct rules than a row can number. */
    TOO_MANY_RULES(14);

    private final int code;

    FrameProblem(int code) {
        this.code = code;
    }

    /** The number in counters' arrays and in stored tables. */
    public int code() {
        return code;
    }
}
