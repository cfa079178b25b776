package dev.sonde.agent.jvm.decode;

import dev.sonde.agent.jvm.code.BlobKind;
import dev.sonde.agent.jvm.decode.flow.CodeFlow;
import dev.sonde.agent.jvm.decode.flow.CodeFlow.Proof;
import dev.sonde.agent.jvm.decode.flow.FrameState;
import dev.sonde.agent.jvm.decode.flow.Instruction;
import dev.sonde.agent.jvm.decode.flow.RuleWords;
import java.util.function.IntFunction;

/** Stubs: functions that are called, for the most part, one after the other in a blob, with tables between them. */
final class StubCode {

    /** CodeEntryAlignment is 16 at least (runtime/globals.hpp). */
    private static final int ENTRY_ALIGNMENT = 16;

    /** push rbp; mov rbp, rsp in both encodings. */
    private static final int[] ENTER = {0x55, 0x48, 0x8b, 0xec};

    private static final int[] ENTER_OTHER = {0x55, 0x48, 0x89, 0xe5};

    /** Saved before all other registers, where the return address is written later. */
    private static final int PUSH_RBX = 0x53;

    /** C1's routines jump to it from within their frames, which have its size. */
    private static final String FORWARD_EXCEPTION = "forward_exception";

    private static final int UNKNOWN_FRAME = 0;

    /** As an offset it fits no rule. */
    private static final int NO_FIELD = Integer.MAX_VALUE;

    private final StableBlob blob;
    private final JvmCodeView view;
    private final CodeFlow flow;

    private StubCode(StableBlob blob, JvmCodeView view) {
        this.blob = blob;
        this.view = view;
        this.flow = new CodeFlow(
                blob.code(), blob.start(), new StubPolicy(blob, view.special().movesContinuations(blob)));
    }

    /** The rules of a blob. */
    static CodeRules rules(StableBlob blob, JvmCodeView view) {
        CodeFlow flow = flow(blob, view);
        if (flow.exhausted()) {
            return CodeRules.unknown(UnknownCode.TOO_LARGE, blob.code().length);
        }
        BlobRules rules = new BlobRules(blob, flow);
        if (view.special().movesContinuations(blob)) {
            rules.fill(RuleWords.CONTINUATION);
        }
        return rules.collect();
    }

    /** Follows the flow of control from all entries of a blob. */
    static CodeFlow flow(StableBlob blob, JvmCodeView view) {
        StubCode code = new StubCode(blob, view);
        code.follow();
        return code.flow;
    }

    private void follow() {
        special();
        if (isOneRoutine()) {
            // Whatever it does, its first instruction is where it is entered.
            flow.enter(0, firstState());
            flow.run();
        } else {
            prologues();
        }
        for (long entry : view.entries()) {
            if (entry >= blob.start() && entry < blob.end()) {
                flow.tryEnter((int) (entry - blob.start()), FrameState.called(), Proof.NAMED);
                called();
            }
        }
        called();
        sweep();
    }

    /** Buffers hold many routines, and adapters three entries. */
    private boolean isOneRoutine() {
        return blob.kind() != BlobKind.BUFFER && blob.kind() != BlobKind.METHOD_HANDLES;
    }

    private FrameState firstState() {
        if (blob.kind() == BlobKind.EXCEPTION) {
            return EntryState.exception();
        }
        if (blob.kind() == BlobKind.SAFEPOINT && (blob.code()[0] & 0xff) == PUSH_RBX) {
            return EntryState.interrupted(pcField());
        }
        if (blob.name().contains(FORWARD_EXCEPTION) && blob.frameSizeWords() > 2) {
            return EntryState.framePointer(0, blob.frameSizeWords());
        }
        return FrameState.called();
    }

    /** The field of the JavaThread that a poll's handler copies to where a return address would be. */
    private int pcField() {
        Instruction insn = new Instruction();
        int loaded = NO_FIELD;
        int register = 0;
        for (int at = 0; flow.decode(at, insn); at += insn.lengthBytes()) {
            if (insn.isStoreOfRegister()
                    && loaded != NO_FIELD
                    && insn.movedRegister() == register
                    && insn.baseRegister() == Instruction.RBP
                    && insn.displacement() == Long.BYTES) {
                return loaded;
            }
            loaded = insn.isLoadOfRegister() && insn.baseRegister() == Instruction.R15 ? insn.displacement() : NO_FIELD;
            register = insn.movedRegister();
        }
        return NO_FIELD;
    }

    private void special() {
        SpecialAddresses special = view.special();
        enter(special.callStubReturn(), offset -> EntryState.framePointer(offset, UNKNOWN_FRAME));
        enter(special.catchException(), offset -> EntryState.framePointer(offset, UNKNOWN_FRAME));
        enter(special.thaw(), offset -> FrameState.called());
        // They are returned to, by frames that are gone.
        enter(special.returnBarrier(), FrameState::unknown);
        enter(special.returnBarrierExc(), FrameState::unknown);
        flow.run();
    }

    private void enter(long address, IntFunction<FrameState> state) {
        if (address >= blob.start() && address < blob.end()) {
            int offset = (int) (address - blob.start());
            flow.enter(offset, state.apply(offset));
        }
    }

    /** What begins as functions with a frame pointer do is one. */
    private void prologues() {
        for (int at = first(); at < flow.size(); at += ENTRY_ALIGNMENT) {
            if (starts(at, ENTER) || starts(at, ENTER_OTHER)) {
                flow.tryEnter(at, FrameState.called(), Proof.NAMED);
            }
        }
    }

    /** The first offset whose address is aligned. */
    private int first() {
        return (int) (-blob.start() & (ENTRY_ALIGNMENT - 1));
    }

    private boolean starts(int at, int[] with) {
        if (at + with.length > blob.code().length) {
            return false;
        }
        for (int i = 0; i < with.length; i++) {
            if ((blob.code()[at + i] & 0xff) != with[i]) {
                return false;
            }
        }
        return true;
    }

    private void called() {
        for (int target = flow.nextCallTarget(); target >= 0; target = flow.nextCallTarget()) {
            flow.tryEnter(target, FrameState.called(), Proof.CONSISTENT);
        }
    }

    /** What nothing leads to: code may begin behind the end of other code, and, behind tables, where entries are aligned. */
    private void sweep() {
        Instruction insn = new Instruction();
        boolean afterCode = false;
        int at = 0;
        while (at < flow.size()) {
            if (flow.isReached(at)) {
                afterCode = true;
                at++;
            } else if (flow.decode(at, insn) && (insn.isNop() || insn.isStop())) {
                at += insn.lengthBytes();
            } else {
                boolean aligned = ((blob.start() + at) & (ENTRY_ALIGNMENT - 1)) == 0;
                if (afterCode || at == 0 || (aligned && blob.kind() == BlobKind.METHOD_HANDLES)) {
                    tryAll(at);
                } else if (aligned && !isOneRoutine()) {
                    flow.tryEnter(at, FrameState.called(), Proof.RETURNS);
                }
                called();
                afterCode = false;
                at++;
            }
        }
    }

    private boolean tryAll(int at) {
        return switch (blob.kind()) {
            case METHOD_HANDLES -> flow.tryEnter(at, EntryState.methodEntry(at), Proof.CONSISTENT);
            case EXCEPTION, DEOPTIMIZATION ->
                flow.tryEnter(at, FrameState.called(), Proof.CONSISTENT)
                        || flow.tryEnter(at, EntryState.exception(), Proof.CONSISTENT);
            case BUFFER ->
                flow.tryEnter(at, FrameState.called(), Proof.CONSISTENT)
                        || flow.tryEnter(at, EntryState.framePointer(at, UNKNOWN_FRAME), Proof.CONSISTENT);
            default -> flow.tryEnter(at, FrameState.called(), Proof.CONSISTENT);
        };
    }
}
