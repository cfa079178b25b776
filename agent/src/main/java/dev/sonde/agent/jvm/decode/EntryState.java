package dev.sonde.agent.jvm.decode;

import static dev.sonde.agent.jvm.decode.flow.Instruction.R13;
import static dev.sonde.agent.jvm.decode.flow.Instruction.R15;
import static dev.sonde.agent.jvm.decode.flow.Instruction.RBP;
import static dev.sonde.agent.jvm.decode.flow.Instruction.RBX;
import static dev.sonde.agent.jvm.decode.flow.Instruction.RDX;
import static dev.sonde.agent.jvm.decode.flow.Instruction.RSP;

import dev.sonde.agent.jvm.decode.flow.FrameState;
import dev.sonde.agent.jvm.decode.flow.Value;

/** What holds where HotSpot's code is entered in another way than by a call. */
final class EntryState {

    private static final int WORD = Long.BYTES;
    private static final int SENDER_SP = -WORD;

    private EntryState() {}

    /**
     * A method's entry into the interpreter (templateInterpreterGenerator_x86.cpp): the Method in rbx, the caller's stack
     * pointer in r13; rsp may be lower, for the arguments were laid out anew.
     */
    static FrameState methodEntry(int offset) {
        FrameState state = FrameState.unknown(offset);
        state.store(state.register(RSP), Value.of(Value.RETURN_ADDRESS, 0));
        state.register(R13, Value.of(Value.CFA, 0));
        state.register(RBX, Value.of(Value.METHOD, 0));
        state.register(RBP, Value.of(Value.CALLER_RBP, 0));
        return state;
    }

    /** The entry of a method that has no frame, from interpreted code: its stack pointer is as that left it. */
    static FrameState mathEntry() {
        FrameState state = FrameState.called();
        state.register(R13, Value.of(Value.CFA, 0));
        return state;
    }

    /** Within an interpreted method: frame::interpreter_frame_sender_sp_offset is -1 word (runtime/frame_x86.hpp). */
    static FrameState interpreterBody(int offset, InterpreterSlots slots) {
        FrameState state = FrameState.unknown(offset);
        interpreterFrame(state);
        state.store(Value.of(Value.FRAME, SENDER_SP), Value.of(Value.CFA, 0));
        state.store(Value.of(Value.FRAME, slots.method()), Value.of(Value.METHOD, 0));
        state.store(Value.of(Value.FRAME, slots.bcp()), Value.of(Value.BCP, 0));
        return state;
    }

    /** rbp now is an interpreter frame's; the caller's, and the return address, lie where it points. */
    static void interpreterFrame(FrameState state) {
        state.register(RBP, Value.of(Value.FRAME, 0));
        state.store(Value.of(Value.FRAME, 0), Value.of(Value.CALLER_RBP, 0));
        state.store(Value.of(Value.FRAME, WORD), Value.of(Value.RETURN_ADDRESS, 0));
    }

    /**
     * Within a frame that has rbp as its pointer, as call_stub's: the CFA is rbp + 16.
     *
     * @param sizeWords of the frame with the return address; 0 where it is not known
     */
    static FrameState framePointer(int offset, int sizeWords) {
        FrameState state = FrameState.unknown(offset);
        if (sizeWords > 0) {
            state.register(RSP, Value.of(Value.CFA, -sizeWords * WORD));
        }
        state.register(RBP, Value.of(Value.CFA, -2 * WORD));
        state.store(Value.of(Value.CFA, -WORD), Value.of(Value.RETURN_ADDRESS, 0));
        state.store(Value.of(Value.CFA, -2 * WORD), Value.of(Value.CALLER_RBP, 0));
        return state;
    }

    /** Where an exception is handled: nothing is pushed, the address that raised it is in rdx (opto/runtime_x86_64.cpp). */
    static FrameState exception() {
        FrameState state = new FrameState();
        state.register(RSP, Value.of(Value.CFA, 0));
        state.register(RDX, Value.of(Value.RETURN_ADDRESS, 0));
        state.register(RBP, Value.of(Value.CALLER_RBP, 0));
        return state;
    }

    /**
     * Where a thread goes on at a poll: nothing is pushed, and the JavaThread alone has the address where it was.
     *
     * @param pcField where the JavaThread has it
     */
    static FrameState interrupted(int pcField) {
        FrameState state = new FrameState();
        state.register(R15, Value.of(Value.THREAD, 0));
        state.store(Value.of(Value.THREAD, pcField), Value.of(Value.RETURN_ADDRESS, 0));
        state.register(RSP, Value.of(Value.CFA, 0));
        state.register(RBP, Value.of(Value.CALLER_RBP, 0));
        return state;
    }

    /** The return address is on top of the stack, and what lies above it counts as the caller's. */
    static FrameState calledFrom(FrameState before) {
        FrameState state = FrameState.called();
        state.register(RBP, before.register(RBP));
        return state;
    }

    /** The caller's rbp is on top of the stack, and the return address above it. */
    static FrameState framePushed() {
        FrameState state = new FrameState();
        state.register(RSP, Value.of(Value.CFA, -2 * WORD));
        state.store(Value.of(Value.CFA, -WORD), Value.of(Value.RETURN_ADDRESS, 0));
        state.store(Value.of(Value.CFA, -2 * WORD), Value.of(Value.CALLER_RBP, 0));
        return state;
    }
}
