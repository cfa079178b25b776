package dev.sonde.agent.jvm.decode;

import dev.sonde.agent.jvm.decode.flow.CodeFlow;
import dev.sonde.agent.jvm.decode.flow.FrameRule;
import dev.sonde.agent.jvm.decode.flow.FrameState;
import dev.sonde.agent.jvm.decode.flow.Instruction;
import dev.sonde.agent.jvm.decode.flow.RuleWords;
import dev.sonde.agent.jvm.decode.flow.RuleWords.Saved;
import dev.sonde.symbolizer.cfi.SavedKind;
import dev.sonde.symbolizer.cfi.UnwindRule;
import java.util.BitSet;

/** Turns what the flow of control found in a blob into rules for all its bytes. */
final class BlobRules {

    private static final int WORD = Long.BYTES;

    /** How far before a return its way there is looked at: pops and what restores vector registers. */
    private static final int MAX_BACKWARD = 64;

    private final StableBlob blob;
    private final CodeFlow flow;
    private final UnwindRule[] rules;
    private final BitSet reachesBack = new BitSet();
    private final BitSet headers = new BitSet();
    private final Instruction insn = new Instruction();

    BlobRules(StableBlob blob, CodeFlow flow) {
        this.blob = blob;
        this.flow = flow;
        this.rules = new UnwindRule[flow.size()];
        forward();
    }

    /** Code whose stack is not known has this rule. */
    void fill(UnwindRule rule) {
        for (int i = 0; i < rules.length; i++) {
            rules[i] = UnwindRule.UNCOVERED.equals(rules[i]) ? rule : rules[i];
        }
    }

    /** From one offset up to another there are headers alone. */
    void noCode(int from, int to) {
        headers.set(from, Math.max(from, to));
    }

    /**
     * The byte before an offset has its rule. The interpreter is returned to where codelets begin, without a call before
     * it; but callers are looked up by the byte before their address.
     */
    void reachBack(int offset) {
        reachesBack.set(offset);
    }

    private void forward() {
        FrameState last = null;
        boolean lastCalls = false;
        UnwindRule rule = null;
        for (int at = 0; at < flow.size(); at++) {
            FrameState state = flow.before(at);
            if (state == null || !flow.decode(at, insn)) {
                continue;
            }
            // Most instructions leave the stack as it was: then it is the same object.
            if (state != last || insn.isCall() != lastCalls) {
                last = state;
                lastCalls = insn.isCall();
                rule = FrameRule.of(state, lastCalls);
            }
            rules[at] = rule;
            if (rules[at].equals(UnwindRule.UNCOVERED) && insn.isCall() && blob.frameSizeWords() > 1) {
                rules[at] = frameSizeRule();
            }
            if (insn.isReturn() && rules[at].equals(UnwindRule.UNCOVERED)) {
                rules[at] = FrameRule.FRAMELESS;
                backward(at);
            }
        }
    }

    /** What a blob says of its frame holds at its calls (frame::sender_for_compiled_frame, frame_x86.inline.hpp). */
    private UnwindRule frameSizeRule() {
        return RuleWords.aboveStack((long) blob.frameSizeWords() * WORD, new Saved(SavedKind.AT_CFA, -2L * WORD));
    }

    /** A return finds its address on top of the stack, whichever way it was reached: so do the pops before it, deeper. */
    private void backward(int returnAt) {
        int at = returnAt;
        long depth = 0;
        long rbpDepth = 0;
        for (int i = 0; i < MAX_BACKWARD; i++) {
            at = previous(at);
            if (at < 0 || !UnwindRule.UNCOVERED.equals(rules[at]) || !flow.decode(at, insn)) {
                return;
            }
            if (insn.isPop()) {
                depth += WORD;
                rbpDepth = insn.isPopOf(Instruction.RBP) && rbpDepth == 0 ? depth : rbpDepth;
            } else if (!insn.fallsThrough() || insn.isCall() || insn.changesFrame()) {
                return;
            }
            rules[at] = poppedRule(depth, rbpDepth);
        }
    }

    /**
     * The return address lies {@code depth} above rsp.
     *
     * @param rbpDepth where it lay when the caller's rbp was on top; 0 where that is in rbp
     */
    private static UnwindRule poppedRule(long depth, long rbpDepth) {
        Saved rbp = rbpDepth == 0 ? Saved.SAME : new Saved(SavedKind.AT_CFA, -rbpDepth - WORD);
        return RuleWords.aboveStack(depth + WORD, rbp);
    }

    /** The instruction before one, or -1. */
    private int previous(int at) {
        int before = at - 1;
        while (before >= 0 && flow.isReached(before) && flow.before(before) == null) {
            before--;
        }
        return before >= 0 && flow.before(before) != null ? before : -1;
    }

    /** The rules of all bytes. */
    CodeRules collect() {
        CodeRules found = new CodeRules();
        int at = 0;
        while (at < flow.size()) {
            int bytes = 1;
            if (rules[at] != null) {
                flow.decode(at, insn);
                bytes = insn.lengthBytes();
                if (rules[at].equals(UnwindRule.UNCOVERED)) {
                    found.unknown(at, bytes, UnknownCode.NO_RULE);
                } else {
                    found.known(at, bytes, rules[at]);
                }
            } else if (at + 1 < rules.length && reachesBack.get(at + 1) && rules[at + 1] != null) {
                found.known(at, 1, rules[at + 1]);
            } else if (headers.get(at) || flow.isUnwritten(at)) {
                found.padding(bytes);
            } else if (flow.decode(at, insn) && (insn.isNop() || insn.isStop())) {
                bytes = untilReached(at, insn.lengthBytes());
                found.padding(bytes);
            } else {
                found.unknown(at, bytes, UnknownCode.NOT_REACHED);
            }
            at += bytes;
        }
        return found;
    }

    private int untilReached(int at, int bytes) {
        for (int i = 1; i < bytes; i++) {
            if (flow.isReached(at + i)) {
                return i;
            }
        }
        return bytes;
    }
}
