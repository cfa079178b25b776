package dev.sonde.agent.jvm.decode.flow;

import dev.sonde.symbolizer.cfi.CfaKind;
import dev.sonde.symbolizer.cfi.SavedKind;
import dev.sonde.symbolizer.cfi.UnwindRule;
import dev.sonde.symbolizer.cfi.X86Registers;

/** Writes rules in their binary form (package dev.sonde.symbolizer.cfi). */
public final class RuleWords {

    private static final int WORD = Long.BYTES;

    /** How a register's value is found: the kind, and bytes or a DWARF register number. */
    public record Saved(SavedKind kind, long offset) {
        /** It is the caller's. */
        public static final Saved SAME = new Saved(SavedKind.SAME, 0);

        static final Saved UNDEFINED = new Saved(SavedKind.UNDEFINED, 0);
        static final Saved BELOW_CFA = new Saved(SavedKind.AT_CFA, -WORD);
    }

    /** How the CFA is found; the addend counts where it is read from memory. */
    record Cfa(CfaKind kind, int register, long offset, long addend) {}

    /** The caller is the frame of the continuation's entry. */
    public static final UnwindRule CONTINUATION =
            of(new Cfa(CfaKind.CONTINUATION, X86Registers.RSP, 0, 0), Saved.SAME, Saved.BELOW_CFA);

    private RuleWords() {}

    /** The rule; {@link UnwindRule#UNSUPPORTED} where a number is too large for its field. */
    static UnwindRule of(Cfa cfa, Saved rbp, Saved returnAddress) {
        boolean fits = cfa.offset == (int) cfa.offset
                && cfa.addend == (short) cfa.addend
                && rbp.offset == (int) rbp.offset
                && returnAddress.offset == (short) returnAddress.offset;
        if (!fits) {
            return UnwindRule.UNSUPPORTED;
        }
        long low = cfa.kind.code() | ((long) cfa.register << 8) | ((long) rbp.kind.code() << 16);
        low |= ((long) returnAddress.kind.code() << 24) | (cfa.offset << 32);
        long high = (rbp.offset & 0xffff_ffffL) | ((returnAddress.offset & 0xffffL) << 32) | (cfa.addend << 48);
        return new UnwindRule(low, high);
    }

    /** The CFA lies so many bytes above rsp, with the return address below it. */
    public static UnwindRule aboveStack(long bytes, Saved rbp) {
        return of(new Cfa(CfaKind.REGISTER, X86Registers.RSP, bytes, 0), rbp, Saved.BELOW_CFA);
    }
}
