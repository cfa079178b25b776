package dev.sonde.agent.jvm.decode.flow;

/** What a kind of code does that its instructions do not tell. */
public interface FlowPolicy {

    /** Whether a call within the code goes on in the same frame: the interpreter calls for the address behind it alone. */
    default boolean callStaysInFrame(int from, int target) {
        return false;
    }

    /**
     * Changes what holds behind an instruction where the code does what cannot be told from it.
     *
     * @param offset where the instruction is
     * @param before what held before it; not to be changed
     */
    default void adjust(Instruction insn, int offset, FrameState before, FrameState after) {}
}
