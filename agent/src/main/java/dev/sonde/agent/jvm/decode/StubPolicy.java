package dev.sonde.agent.jvm.decode;

import static dev.sonde.agent.jvm.decode.flow.Instruction.RBP;
import static dev.sonde.agent.jvm.decode.flow.Instruction.RSP;

import dev.sonde.agent.jvm.code.BlobKind;
import dev.sonde.agent.jvm.decode.flow.FlowPolicy;
import dev.sonde.agent.jvm.decode.flow.FrameState;
import dev.sonde.agent.jvm.decode.flow.Instruction;
import dev.sonde.agent.jvm.decode.flow.Value;
import java.util.Arrays;

/**
 * What HotSpot's stubs do with frames that are not their own, and what they take for granted.
 *
 * @param blob the code
 * @param movesContinuations whether virtual threads' frames come onto the stack here
 */
record StubPolicy(StableBlob blob, boolean movesContinuations) implements FlowPolicy {

    /** sub rsp, 16 */
    private static final byte[] SUB_16 = {0x48, (byte) 0x83, (byte) 0xec, 16};

    private static final int STACK_ALIGNMENT = 16;
    private static final long RETURN_ADDRESS_PLACE = Value.of(Value.CFA, -Long.BYTES);

    @Override
    public void adjust(Instruction insn, int offset, FrameState before, FrameState after) {
        if (blob.kind() == BlobKind.ADAPTER && pushesReturnAddress(insn, after)) {
            // Arguments were laid out anew: the interpreted caller looks at rbp alone.
            after.set(EntryState.calledFrom(after));
        } else if (storesReturnAddress(insn, after)) {
            after.store(RETURN_ADDRESS_PLACE, Value.of(Value.RETURN_ADDRESS, 0));
        } else if (alignsAligned(insn, before)) {
            after.set(before);
        } else if (replacesFrames() && buildsFrame(insn, before)) {
            after.set(EntryState.framePushed());
            after.register(RBP, Value.of(Value.CFA, -2 * Long.BYTES));
        } else if (movesContinuations && insn.setsStackPointer()) {
            after.set(EntryState.framePushed());
            after.register(RSP, Value.of(Value.CFA, makesRoom(offset + insn.lengthBytes()) ? 0 : -2 * Long.BYTES));
        }
    }

    /**
     * Frames were laid onto the stack; rsp goes to the topmost, above or below its rbp and return address
     * (Thaw::push_return_frame).
     */
    private boolean makesRoom(int next) {
        byte[] code = blob.code();
        return next + SUB_16.length <= code.length
                && Arrays.equals(code, next, next + SUB_16.length, SUB_16, 0, SUB_16.length);
    }

    private static boolean pushesReturnAddress(Instruction insn, FrameState after) {
        long rsp = after.register(RSP);
        return insn.isPush() && Value.base(rsp) != Value.CFA && Value.base(after.load(rsp)) == Value.RETURN_ADDRESS;
    }

    /** mov [where a frame has its return address], register: from then on it goes there. */
    private static boolean storesReturnAddress(Instruction insn, FrameState after) {
        return insn.isStoreOfRegister()
                && Value.plus(after.register(insn.baseRegister()), insn.displacement()) == RETURN_ADDRESS_PLACE;
    }

    /** Compiled code's frames are aligned (StackAlignmentInBytes), which their callees' code relies on. */
    private boolean alignsAligned(Instruction insn, FrameState before) {
        long rsp = before.register(RSP);
        return blob.kind() != BlobKind.BUFFER
                && blob.kind() != BlobKind.ADAPTER
                && insn.alignsStack(STACK_ALIGNMENT)
                && Value.base(rsp) == Value.CFA
                && Value.offset(rsp) % STACK_ALIGNMENT == 0;
    }

    private boolean replacesFrames() {
        return blob.kind() == BlobKind.DEOPTIMIZATION || blob.kind() == BlobKind.UNCOMMON_TRAP;
    }

    /** Interpreted frames take a compiled one's place: their return addresses come from a list, then rbp, then themselves. */
    private static boolean buildsFrame(Instruction insn, FrameState before) {
        return insn.setsFramePointer() && Value.base(before.register(RSP)) != Value.CFA;
    }
}
