package dev.sonde.agent.kernel;

/** How the walk down a stack ended ({@code enum sonde_outcome} in event.h: the same numbers). */
public enum StackOutcome {
    /** The stack reached its root. */
    COMPLETE(0, "complete"),
    /** Code that no table covers, and the frame pointer register points nowhere plausible. */
    NO_FRAME_POINTER(1, "no-frame-pointer"),
    /** A caller's frame would not lie above its callee's, or not in the stack. */
    BROKEN_CHAIN(2, "broken-chain"),
    /** The word where the return address should be does not follow a call. */
    NO_CALL(3, "no-call"),
    /** A page of the stack or of the code could not be read. */
    UNREADABLE(4, "unreadable"),
    /** More user frames than a sample holds. */
    DEPTH_LIMIT(5, "depth-limit"),
    /** The user registers could not be read. */
    NO_REGISTERS(6, "no-registers"),
    /** A 32-bit program. */
    COMPAT_32BIT(7, "compat-32bit"),
    /** The process was exiting and had given up its memory. */
    EXITING(8, "exiting"),
    /** More kernel frames than a sample holds; the user frames are left out. */
    KERNEL_DEPTH_LIMIT(9, "kernel-depth-limit"),
    /** The kernel gave no stack for its own side; only its leaf is there. */
    KERNEL_UNWIND(10, "kernel-unwind"),
    /** The address is no code: a wrong return address, or memory that was unmapped. */
    NOT_MAPPED(11, "not-mapped"),
    /** The file's unwind table was not there yet. */
    TABLE_PENDING(12, "table-pending"),
    /** The file's rule for the place is of a form that is not understood. */
    RULE_UNSUPPORTED(13, "rule-unsupported"),
    /** The rule needs a register whose value in this frame is not known. */
    REGISTER_LOST(14, "register-lost"),
    /** Go left a goroutine's stack here for good (mcall, morestack): what runs has no caller but the thread. */
    STACK_SWITCH(15, "stack-switch"),
    /** The word where the return address should be is zero, and no rule says that the stack ends there. */
    ZERO_ADDRESS(16, "zero-address"),
    /** The stack was copied for want of a table, and the copy ends before its root. */
    STACK_CUT(17, "stack-cut"),
    /** The thread is inside execve(2), between two programs: it has no user stack. */
    EXECUTING(18, "executing"),
    /** An address in a JVM's code cache where no code is, or none any more. */
    JVM_UNKNOWN_CODE(19, "jvm-unknown-code"),
    /** Code of a JVM's own, no method's, whose rule at this place is not known. */
    JVM_STUB(20, "jvm-stub"),
    /** The word where a Java frame's return address should be is no address that a Java frame returns to. */
    JVM_NO_CALL(21, "jvm-no-call"),
    /** What should be an interpreter's frame names no method. */
    JVM_NO_METHOD(22, "jvm-no-method"),
    /** The frames that a virtual thread left on the heap could not be found. */
    JVM_CHUNK(23, "jvm-chunk"),
    /** The same, because ZGC has not told where they are: it is moving them, or the stack tells of another time. */
    ZGC_CHUNK(24, "zgc-chunk"),
    /** A number that this agent does not know: the object is newer than the agent. */
    UNKNOWN(-1, "unknown");

    private static final StackOutcome[] BY_NUMBER = byNumber();

    private final int number;
    private final String reason;

    StackOutcome(int number, String reason) {
        this.number = number;
        this.reason = reason;
    }

    /** The word for metrics and for {@code [truncated: REASON]}. */
    public String reason() {
        return reason;
    }

    /** The number in a sample; negative for {@link #UNKNOWN}, which stands in none. */
    int number() {
        return number;
    }

    /** The outcome of a number in a sample. */
    public static StackOutcome of(int number) {
        return number >= 0 && number < BY_NUMBER.length ? BY_NUMBER[number] : UNKNOWN;
    }

    private static StackOutcome[] byNumber() {
        StackOutcome[] outcomes = new StackOutcome[values().length - 1];
        for (StackOutcome outcome : values()) {
            if (outcome != UNKNOWN) {
                outcomes[outcome.number] = outcome;
            }
        }
        return outcomes;
    }
}
