package dev.sonde.agent.unwind;

/** What happened with unwind tables; counted. */
public enum TableEvent {
    /** A file's table was made and placed. */
    BUILT("built"),
    /** A file without frame information: frame pointers are followed in its code. */
    WITHOUT("without"),
    /** The file could not be opened: its process ended before, most often. It is asked for again, others later. */
    UNREADABLE("unreadable"),
    /** A table larger than the whole budget: the file counts as one without. */
    TOO_LARGE("too-large"),
    /** A table made room for another. */
    EVICTED("evicted"),
    /** A table for which there is no room, because all others are in use; it is tried again later. */
    OVER_BUDGET("over-budget"),
    /** The kernel refused a table. */
    REFUSED("refused"),
    /** An error while a file was read, or not enough memory for it: the file counts as one without. */
    FAILED("failed"),
    /** A process with more executable areas than are listed: its stacks are not finished in user space. */
    PROCESS_TOO_LARGE("process-too-large");

    private final String word;

    TableEvent(String word) {
        this.word = word;
    }

    /** The word for metrics. */
    public String word() {
        return word;
    }
}
