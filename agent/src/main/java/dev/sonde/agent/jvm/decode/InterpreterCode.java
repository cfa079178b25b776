package dev.sonde.agent.jvm.decode;

import static dev.sonde.agent.jvm.decode.flow.Instruction.R13;
import static dev.sonde.agent.jvm.decode.flow.Instruction.RBP;
import static dev.sonde.agent.jvm.decode.flow.Instruction.RSP;

import dev.sonde.agent.jvm.decode.flow.CodeFlow;
import dev.sonde.agent.jvm.decode.flow.FlowPolicy;
import dev.sonde.agent.jvm.decode.flow.FrameState;
import dev.sonde.agent.jvm.decode.flow.Instruction;
import dev.sonde.agent.jvm.decode.flow.Value;
import java.util.List;
import java.util.Optional;

/**
 * The template interpreter: entries of methods, which build a frame, and the code of bytecodes, which is jumped to within
 * one. What a codelet is its name tells (templateInterpreterGenerator.cpp).
 */
final class InterpreterCode {

    private static final String METHOD_ENTRY = "method entry point";

    /** The compilers know these methods, so that only interpreted ones call them here. */
    private static final String MATH = " (kind = java_lang_math_";

    /** It throws from within the caller's frame, which is an interpreted method's. */
    private static final String ABSTRACT = "(kind = abstract)";

    /** They are called, by what is in the middle of a native method's frame. */
    private static final List<String> CALLED = List.of("result handlers for native calls", "slow signature handler");

    private final StableBlob blob;
    private final List<Codelet> codelets;
    private final CodeFlow flow;
    private final InterpreterSlots slots;

    private InterpreterCode(StableBlob blob, List<Codelet> codelets, InterpreterSlots slots) {
        this.blob = blob;
        this.codelets = codelets;
        this.slots = slots;
        this.flow = new CodeFlow(blob.code(), blob.start(), new Policy());
    }

    /** The slots of interpreter frames, by the code of the first method entry that tells them. */
    static Optional<InterpreterSlots> slots(StableBlob blob, List<Codelet> codelets) {
        for (Codelet codelet : codelets) {
            if (codelet.name().contains(METHOD_ENTRY)) {
                Optional<InterpreterSlots> slots = InterpreterSlots.of(
                        blob.code(), Math.clamp(codelet.start() - blob.start(), 0, blob.code().length));
                if (slots.isPresent()) {
                    return slots;
                }
            }
        }
        return Optional.empty();
    }

    /** The rules of all codelets that lie in the blob. */
    static CodeRules rules(StableBlob blob, List<Codelet> codelets, InterpreterSlots slots) {
        List<Codelet> inside = inside(blob, codelets);
        CodeFlow flow = flow(blob, inside, slots);
        if (flow.exhausted()) {
            return CodeRules.unknown(UnknownCode.TOO_LARGE, blob.code().length);
        }
        BlobRules rules = new BlobRules(blob, flow);
        int end = 0;
        for (Codelet codelet : inside) {
            int start = (int) (codelet.start() - blob.start());
            rules.noCode(end, start);
            rules.reachBack(start);
            end = (int) (codelet.end() - blob.start());
        }
        return rules.collect();
    }

    private static List<Codelet> inside(StableBlob blob, List<Codelet> codelets) {
        return codelets.stream()
                .filter(c -> c.start() >= blob.start() && c.end() <= blob.end() && c.start() < c.end())
                .toList();
    }

    /** Follows the flow of control through codelets of the blob. */
    static CodeFlow flow(StableBlob blob, List<Codelet> codelets, InterpreterSlots slots) {
        InterpreterCode code = new InterpreterCode(blob, codelets, slots);
        code.follow();
        return code.flow;
    }

    private void follow() {
        for (Codelet codelet : codelets) {
            int start = (int) (codelet.start() - blob.start());
            flow.enter(start, entry(codelet, start));
        }
        flow.run();
        for (Codelet codelet : codelets) {
            fillGaps(codelet);
        }
    }

    private FrameState entry(Codelet codelet, int offset) {
        if (codelet.name().contains(METHOD_ENTRY + MATH)) {
            return EntryState.mathEntry();
        }
        if (codelet.name().contains(METHOD_ENTRY) && !codelet.name().endsWith(ABSTRACT)) {
            return EntryState.methodEntry(offset);
        }
        return CALLED.contains(codelet.name()) ? FrameState.called() : EntryState.interpreterBody(offset, slots);
    }

    /**
     * Bytecodes are entered at several places, by what is on top of the stack: each begins where another ends, and the
     * padding there, whose last piece the next codelet's header follows. What no instruction leads to, nor is jumped to
     * from outside, is not run.
     */
    private void fillGaps(Codelet codelet) {
        int end = (int) (codelet.end() - blob.start());
        Instruction insn = new Instruction();
        boolean ended = false;
        for (int at = (int) (codelet.start() - blob.start()); at < end; at++) {
            if (flow.isReached(at)) {
                ended = true;
            } else if (ended && flow.decode(at, insn) && insn.isNop()) {
                at += insn.lengthBytes() - 1;
            } else if (ended) {
                FrameState state =
                        CALLED.contains(codelet.name()) ? FrameState.called() : EntryState.interpreterBody(at, slots);
                flow.enter(at, state);
                flow.run();
                ended = flow.isReached(at);
            }
        }
    }

    private final class Policy implements FlowPolicy {

        /** call_VM calls for the address behind it alone, which becomes the frame's last pc. */
        @Override
        public boolean callStaysInFrame(int from, int target) {
            return true;
        }

        @Override
        public void adjust(Instruction insn, int offset, FrameState before, FrameState after) {
            if (insn.setsFramePointer() && isFixedFrame(after)) {
                EntryState.interpreterFrame(after);
                after.register(RSP, Value.of(Value.FRAME, 0));
            } else if (after.register(RBP) == Value.of(Value.FRAME, 0) && savesBcp(insn, after)) {
                after.store(Value.of(Value.FRAME, slots.bcp()), Value.of(Value.BCP, 0));
            }
        }

        private boolean isFixedFrame(FrameState after) {
            long rsp = after.register(RSP);
            return Value.base(after.load(rsp)) == Value.CALLER_RBP
                    && Value.base(after.load(Value.plus(rsp, Long.BYTES))) == Value.RETURN_ADDRESS
                    && Value.base(after.register(R13)) == Value.CFA;
        }

        private boolean savesBcp(Instruction insn, FrameState after) {
            boolean stores =
                    insn.isStoreOfRegister() && insn.baseRegister() == RBP && insn.displacement() == slots.bcp();
            boolean pushes = insn.isPush() || insn.isPushOfNumber();
            return stores || (pushes && after.register(RSP) == Value.of(Value.FRAME, slots.bcp()));
        }
    }
}
