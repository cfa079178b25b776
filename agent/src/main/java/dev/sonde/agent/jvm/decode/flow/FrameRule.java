package dev.sonde.agent.jvm.decode.flow;

import static dev.sonde.agent.jvm.decode.flow.Instruction.RBP;
import static dev.sonde.agent.jvm.decode.flow.Instruction.RSP;

import dev.sonde.agent.jvm.decode.flow.RuleWords.Cfa;
import dev.sonde.agent.jvm.decode.flow.RuleWords.Saved;
import dev.sonde.symbolizer.cfi.CfaKind;
import dev.sonde.symbolizer.cfi.SavedKind;
import dev.sonde.symbolizer.cfi.UnwindRule;

/** Puts what is known before an instruction into an unwind rule. */
public final class FrameRule {

    /** Signal handlers leave this much below rsp alone (System V psABI for AMD64, section 3.2.2). */
    private static final int RED_ZONE = 128;

    /** DWARF's numbers by the machine's (System V psABI for AMD64, figure 3.36). */
    private static final int[] DWARF = {0, 2, 1, 3, 7, 6, 4, 5, 8, 9, 10, 11, 12, 13, 14, 15};

    /** CFA = rsp + 8, with the return address below it and the caller's rbp in rbp. */
    public static final UnwindRule FRAMELESS = of(FrameState.called(), true);

    private final FrameState state;
    private final boolean atCall;

    private FrameRule(FrameState state, boolean atCall) {
        this.state = state;
        this.atCall = atCall;
    }

    /**
     * The rule; {@link UnwindRule#UNCOVERED} where the return address or the CFA is not known.
     *
     * @param atCall whether the instruction is a call: what lies below rsp, and registers but rsp and rbp, do not outlive it
     */
    public static UnwindRule of(FrameState state, boolean atCall) {
        FrameRule rule = new FrameRule(state, atCall);
        Cfa cfa = rule.cfa();
        Saved returnAddress = rule.find(Value.RETURN_ADDRESS);
        if (cfa == null || returnAddress == null) {
            return UnwindRule.UNCOVERED;
        }
        return RuleWords.of(cfa, rule.callersRbp(), returnAddress);
    }

    /** Null where it is not known. */
    private Cfa cfa() {
        Cfa found = cfaIn(RSP);
        found = found == null ? cfaIn(RBP) : found;
        found = found == null ? cfaInSlot(RBP, 0) : found;
        found = found == null ? cfaInSlot(RSP, 0) : found;
        if (atCall) {
            return found;
        }
        for (int i = 0; i < DWARF.length && found == null; i++) {
            found = cfaIn(i);
        }
        return found == null ? cfaInSlot(RSP, -RED_ZONE) : found;
    }

    private Cfa cfaIn(int register) {
        long value = state.register(register);
        // The stack pointer does not rise above its value after the return.
        if (Value.base(value) != Value.CFA || (register == RSP && Value.offset(value) > 0)) {
            return null;
        }
        return new Cfa(CfaKind.REGISTER, DWARF[register], -(long) Value.offset(value), 0);
    }

    /**
     * The CFA where a slot holds it that a register tells.
     *
     * @param lowest distance from rsp that the slot may have; from rbp any
     */
    private Cfa cfaInSlot(int register, int lowest) {
        long pointer = state.register(register);
        if (!Value.isAddress(pointer)) {
            return null;
        }
        for (int i = 0; i < state.slots(); i++) {
            long place = state.place(i);
            long distance = (long) Value.offset(place) - Value.offset(pointer);
            if (Value.base(state.content(i)) == Value.CFA
                    && Value.base(place) == Value.base(pointer)
                    && (register != RSP || distance >= lowest)) {
                CfaKind kind = isWholeInterpreterFrame(register) ? CfaKind.INTERPRETER : CfaKind.DEREFERENCED;
                return new Cfa(kind, DWARF[register], distance, -(long) Value.offset(state.content(i)));
            }
        }
        return null;
    }

    /** Whether the slots are filled that name an interpreted method and its bytecode. */
    private boolean isWholeInterpreterFrame(int register) {
        return register == RBP
                && state.register(RBP) == Value.of(Value.FRAME, 0)
                && state.hasSlotWith(Value.METHOD)
                && state.hasSlotWith(Value.BCP);
    }

    private Saved callersRbp() {
        if (Value.base(state.register(RBP)) == Value.CALLER_RBP) {
            return Saved.SAME;
        }
        Saved saved = find(Value.CALLER_RBP);
        return saved == null ? Saved.UNDEFINED : saved;
    }

    /** Where the content of this base is: in a slot that stays, in a register, or just below rsp. */
    private Saved find(int content) {
        Saved saved = inSlot(content, 0);
        if (saved != null || atCall) {
            return saved;
        }
        for (int i = 0; i < DWARF.length; i++) {
            if (Value.base(state.register(i)) == content) {
                return new Saved(SavedKind.REGISTER, DWARF[i]);
            }
        }
        return inSlot(content, -RED_ZONE);
    }

    private Saved inSlot(int content, int lowest) {
        for (int i = 0; i < state.slots(); i++) {
            Saved saved = Value.base(state.content(i)) == content ? at(state.place(i), lowest) : null;
            if (saved != null) {
                return saved;
            }
        }
        return null;
    }

    private Saved at(long place, int lowest) {
        long rsp = state.register(RSP);
        long rbp = state.register(RBP);
        boolean byRsp = Value.base(place) == Value.base(rsp);
        long distance = (long) Value.offset(place) - Value.offset(rsp);
        if (byRsp && distance < lowest) {
            return null;
        }
        if (Value.base(place) == Value.THREAD) {
            boolean known = !atCall && state.register(Instruction.R15) == Value.of(Value.THREAD, 0);
            return known ? new Saved(SavedKind.AT_R15, Value.offset(place)) : null;
        }
        if (Value.base(place) == Value.CFA) {
            return new Saved(SavedKind.AT_CFA, Value.offset(place));
        }
        if (Value.base(place) == Value.base(rbp)) {
            return new Saved(SavedKind.AT_RBP, (long) Value.offset(place) - Value.offset(rbp));
        }
        return byRsp ? new Saved(SavedKind.AT_RSP, distance) : null;
    }
}
