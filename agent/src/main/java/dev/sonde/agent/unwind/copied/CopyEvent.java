package dev.sonde.agent.unwind.copied;

/** What became of the stacks that came with a copy; counted. */
public enum CopyEvent {
    /** Unwound; how it ended is counted among all stacks. */
    FINISHED("finished"),
    /** As many wait as may. */
    QUEUE_FULL("queue-full"),
    /** Its tables were not made, or the JVM that it wanted was not known, in time. */
    DEADLINE("deadline"),
    /** It would have waited for a JVM to be known, as many do as may. */
    JVM_QUEUE_FULL("jvm-queue-full"),
    /** It met code of no file, which is no JVM's: the sampling program's own unwinding holds. */
    NO_JVM("no-jvm"),
    /** What its process had mapped is not known: the process ended before, or runs another program by now. */
    PROCESS_GONE("process-gone"),
    /** A file on the way could not be read: its process ended before, most often. */
    NO_TABLE("no-table"),
    /** The unwinder's library is not there, or a table could not be read back. */
    FAILED("failed");

    private final String word;

    CopyEvent(String word) {
        this.word = word;
    }

    /** The word for metrics. */
    public String word() {
        return word;
    }
}
