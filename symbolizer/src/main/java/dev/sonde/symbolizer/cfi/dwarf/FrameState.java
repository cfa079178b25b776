package dev.sonde.symbolizer.cfi.dwarf;

import dev.sonde.symbolizer.cfi.CfaKind;
import dev.sonde.symbolizer.cfi.FrameProblem;
import dev.sonde.symbolizer.cfi.SavedKind;
import dev.sonde.symbolizer.cfi.UnwindRule;
import dev.sonde.symbolizer.cfi.X86Registers;

/** One row while it is being made: where the CFA, the caller's rbp and the return address are found. */
final class FrameState {

    private CfaKind cfaKind = CfaKind.UNSUPPORTED;
    private int cfaRegisters;
    private long plainRegister = -1;
    private long plainOffset;
    private long cfaOffset;
    private long cfaAddend;
    private SavedKind rbpKind = SavedKind.SAME;
    private long rbpOffset;
    private SavedKind rbxKind = SavedKind.SAME;
    private long rbxOffset;
    private SavedKind rspKind = SavedKind.SAME;
    private long rspOffset;
    private SavedKind returnKind = SavedKind.SAME;
    private long returnOffset;

    void copyFrom(FrameState other) {
        cfaKind = other.cfaKind;
        cfaRegisters = other.cfaRegisters;
        cfaOffset = other.cfaOffset;
        plainRegister = other.plainRegister;
        plainOffset = other.plainOffset;
        cfaAddend = other.cfaAddend;
        rbpKind = other.rbpKind;
        rbpOffset = other.rbpOffset;
        rbxKind = other.rbxKind;
        rbxOffset = other.rbxOffset;
        rspKind = other.rspKind;
        rspOffset = other.rspOffset;
        returnKind = other.returnKind;
        returnOffset = other.returnOffset;
    }

    /** CFA = register + offset. */
    void cfa(long register, long offset) {
        plainRegister = register;
        plainOffset = offset;
        cfa(CfaKind.REGISTER, register, 0, offset, 0);
    }

    void cfa(CfaKind kind, long register, long index, long offset, long addend) {
        boolean known = isGeneral(register) && isGeneral(index);
        cfaKind = known ? kind : CfaKind.UNSUPPORTED;
        cfaRegisters = known ? (int) (register | (index << 4)) : 0;
        cfaOffset = offset;
        cfaAddend = addend;
    }

    void unsupportedCfa() {
        cfa(CfaKind.UNSUPPORTED, 0, 0, 0, 0);
    }

    /**
     * The CFA starts from another register. The offset is that of the last register + offset, also where an expression
     * came between: hand-written code relies on it, as on unwinders that have always done so.
     */
    void cfaRegister(long register) {
        cfa(register, plainOffset);
    }

    /** The CFA has another offset. */
    void cfaOffset(long offset) {
        cfa(plainRegister, offset);
    }

    private int cfaRegister() {
        return cfaRegisters & 0xf;
    }

    void rbp(SavedKind kind, long offset) {
        rbpKind = kind;
        rbpOffset = offset;
    }

    void rbx(SavedKind kind, long offset) {
        rbxKind = kind;
        rbxOffset = offset;
    }

    /** The caller's rsp, which is the CFA unless the function says otherwise. */
    void rsp(SavedKind kind, long offset) {
        rspKind = kind;
        rspOffset = offset;
    }

    void returnAddress(SavedKind kind, long offset) {
        returnKind = kind;
        returnOffset = offset;
    }

    void restoreRbp(FrameState initial) {
        rbp(initial.rbpKind, initial.rbpOffset);
    }

    void restoreRbx(FrameState initial) {
        rbx(initial.rbxKind, initial.rbxOffset);
    }

    void restoreRsp(FrameState initial) {
        rsp(initial.rspKind, initial.rspOffset);
    }

    void restoreReturnAddress(FrameState initial) {
        returnAddress(initial.returnKind, initial.returnOffset);
    }

    /**
     * Makes the CFA what the caller's rsp is: a rule has no third place. True where that can be, which it can not where
     * something is saved relative to the one while the other is returned to.
     */
    private boolean settleStack() {
        return switch (rspKind) {
            case SAME -> true;
            case CFA_VALUE -> rspOffset == 0;
            case REGISTER -> settleStackInRegister();
            case AT_CFA -> settleStackInMemory();
            // sigreturn says the same twice.
            case AT_BASE ->
                cfaKind == CfaKind.DEREFERENCED
                        && cfaRegister() == X86Registers.RSP
                        && cfaOffset == rspOffset
                        && cfaAddend == 0;
            case AT_RBP, AT_RSP, AT_R15, UNDEFINED, UNSUPPORTED -> false;
        };
    }

    /** longjmp: the CFA is the buffer, and everything that counts is in registers. */
    private boolean settleStackInRegister() {
        boolean free = !dependsOnCfa(rbpKind) && !dependsOnCfa(returnKind);
        if (free) {
            cfa(rspOffset, 0);
            rsp(SavedKind.SAME, 0);
        }
        return free;
    }

    /** setcontext: the CFA is the buffer, and everything that counts is in it. */
    private boolean settleStackInMemory() {
        boolean whole = cfaKind == CfaKind.REGISTER && rbpKind == SavedKind.AT_CFA && returnKind == SavedKind.AT_CFA;
        if (whole) {
            rbp(SavedKind.AT_BASE, cfaOffset + rbpOffset);
            returnAddress(SavedKind.AT_BASE, cfaOffset + returnOffset);
            cfa(CfaKind.DEREFERENCED, cfaRegister(), 0, cfaOffset + rspOffset, 0);
            rsp(SavedKind.SAME, 0);
        }
        return whole;
    }

    /** Expressions say rsp + offset; it is the base only where the CFA starts from rsp too. */
    private static SavedKind withoutBase(SavedKind kind) {
        return kind == SavedKind.AT_BASE ? SavedKind.UNSUPPORTED : kind;
    }

    private static boolean dependsOnCfa(SavedKind kind) {
        return kind == SavedKind.AT_CFA || kind == SavedKind.CFA_VALUE;
    }

    /** Makes the row ready to be a rule; returns what keeps it from being one, or null. */
    FrameProblem settle() {
        if (cfaRegister() != X86Registers.RSP) {
            rbpKind = withoutBase(rbpKind);
            returnKind = withoutBase(returnKind);
        }
        if (!settleStack()
                || cfaKind == CfaKind.UNSUPPORTED
                || (int) cfaOffset != cfaOffset
                || (short) cfaAddend != cfaAddend) {
            return FrameProblem.INEXPRESSIBLE_CFA;
        }
        // An unchanged return address would be a function that called itself from its caller.
        if (returnKind == SavedKind.SAME
                || !isExpressible(returnKind, returnOffset)
                || (short) returnOffset != returnOffset) {
            return FrameProblem.INEXPRESSIBLE_RETURN_ADDRESS;
        }
        return null;
    }

    boolean rbpIsExpressible() {
        return (int) rbpOffset == rbpOffset && isExpressible(rbpKind, rbpOffset);
    }

    private static boolean isExpressible(SavedKind kind, long offset) {
        return switch (kind) {
            case REGISTER -> isGeneral(offset);
            case UNSUPPORTED -> false;
            default -> true;
        };
    }

    /** The rule's first word; only of a row without {@link #settle()}'s problems. */
    long low(boolean signalFrame) {
        SavedKind rbp = rbpIsExpressible() ? rbpKind : SavedKind.UNSUPPORTED;
        int returnCode = returnKind.code() | (signalFrame ? UnwindRule.SIGNAL_FRAME : 0);
        return cfaKind.code()
                | ((long) cfaRegisters << 8)
                | ((long) rbp.code() << 16)
                | ((long) returnCode << 24)
                | (cfaOffset << 32);
    }

    /** Whether the CFA starts from rbx, so that its callees must tell where it is. */
    boolean needsRbx() {
        return cfaKind == CfaKind.REGISTER && cfaRegister() == X86Registers.RBX;
    }

    /** As {@link UnwindRule#rbxOffset()} has it. */
    private long rbx() {
        return switch (rbxKind) {
            case SAME -> UnwindRule.RBX_SAME;
            case AT_CFA -> rbxOffset < 0 && (short) rbxOffset == rbxOffset ? rbxOffset : 0;
            default -> 0;
        };
    }

    /** The rule's second word. */
    long high(boolean followsRbx) {
        long addend = followsRbx && cfaKind == CfaKind.REGISTER ? rbx() : cfaAddend;
        return (rbpIsExpressible() ? rbpOffset & 0xffff_ffffL : 0)
                | ((returnOffset & 0xffffL) << 32)
                | ((addend & 0xffffL) << 48);
    }

    private static boolean isGeneral(long register) {
        return register >= 0 && register < X86Registers.GENERAL;
    }
}
