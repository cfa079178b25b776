package dev.sonde.symbolizer.cfi.dwarf;

import dev.sonde.symbolizer.cfi.FrameProblem;
import dev.sonde.symbolizer.cfi.SavedKind;
import dev.sonde.symbolizer.cfi.X86Registers;
import java.io.IOException;

/**
 * Runs call frame instructions (DWARF 5, section 6.4.2, and GNU's of LSB 5.0, section 10.5) for the CFA, rbp and the
 * return address; what they say about other registers is read over. Time is bounded by the instructions' bytes.
 */
final class CfaProgram {

    /** States remembered inside one another. Compilers nest two deep at most. */
    private static final int MAX_REMEMBERED = 64;

    private final FrameState state = new FrameState();
    private final FrameState[] remembered = new FrameState[MAX_REMEMBERED];
    private final CfaExpression expression = new CfaExpression();
    private int depth;
    private CfiCursor cursor;
    private Cie cie;
    private long location;
    private long end;
    private RowSink rows;

    /** Takes the rows of a function, by ascending address. */
    interface RowSink {
        /** From this ELF virtual address on; the state is the callee's only during the call. */
        void row(long address, FrameState state) throws IOException;
    }

    /** Runs a CIE's instructions into its initial row. */
    void runInitial(CfiCursor instructions, Cie of) throws CfiFault, IOException {
        state.copyFrom(of.initial());
        // No address is ever passed: advances in a CIE are faults.
        run(instructions, of, 0, 0, null);
        of.initial().copyFrom(state);
    }

    /** Runs an FDE's instructions; rows that were given before a fault are right. */
    void run(CfiCursor instructions, Cie of, long start, long exclusiveEnd, RowSink into) throws CfiFault, IOException {
        cursor = instructions;
        cie = of;
        location = start;
        end = exclusiveEnd;
        rows = into;
        depth = 0;
        state.copyFrom(of.initial());
        while (cursor.hasMore()) {
            step();
        }
        if (rows != null) {
            rows.row(location, state);
        }
    }

    private void step() throws CfiFault, IOException {
        int instruction = cursor.u8();
        int operand = instruction & 0x3f;
        switch (instruction >>> 6) {
            case 1 -> advance(operand);
            case 2 -> saved(operand, SavedKind.AT_CFA, cursor.uleb() * cie.dataAlignment());
            case 3 -> restore(operand);
            default -> extended(operand);
        }
    }

    private void extended(int instruction) throws CfiFault, IOException {
        switch (instruction) {
            case 0x00 -> {} // nop
            case 0x01 -> moveTo(cursor.pointer(cie.pointerEncoding()));
            case 0x02 -> advance(cursor.u8());
            case 0x03 -> advance(cursor.u16());
            case 0x04 -> advance(cursor.u32());
            case 0x05 -> saved(cursor.uleb(), SavedKind.AT_CFA, cursor.uleb() * cie.dataAlignment());
            case 0x06 -> restore(cursor.uleb());
            case 0x07 -> saved(cursor.uleb(), SavedKind.UNDEFINED, 0);
            case 0x08 -> saved(cursor.uleb(), SavedKind.SAME, 0);
            case 0x09 -> saved(cursor.uleb(), SavedKind.REGISTER, cursor.uleb());
            case 0x0a -> remember();
            case 0x0b -> restoreState();
            case 0x10 -> savedExpression(cursor.uleb(), false);
            case 0x11 -> saved(cursor.uleb(), SavedKind.AT_CFA, cursor.sleb() * cie.dataAlignment());
            case 0x14 -> saved(cursor.uleb(), SavedKind.CFA_VALUE, cursor.uleb() * cie.dataAlignment());
            case 0x15 -> saved(cursor.uleb(), SavedKind.CFA_VALUE, cursor.sleb() * cie.dataAlignment());
            case 0x16 -> savedExpression(cursor.uleb(), true);
            case 0x1d -> advance(cursor.i64()); // MIPS_advance_loc8
            case 0x2e -> cursor.uleb(); // GNU_args_size: of exceptions' landing, not of unwinding
            case 0x2f -> saved(cursor.uleb(), SavedKind.AT_CFA, -(cursor.uleb() * cie.dataAlignment()));
            default -> defineCfa(instruction);
        }
    }

    private void defineCfa(int instruction) throws CfiFault {
        switch (instruction) {
            case 0x0c -> state.cfa(cursor.uleb(), cursor.uleb());
            case 0x12 -> state.cfa(cursor.uleb(), cursor.sleb() * cie.dataAlignment());
            case 0x0d -> state.cfaRegister(cursor.uleb());
            case 0x0e -> state.cfaOffset(cursor.uleb());
            case 0x13 -> state.cfaOffset(cursor.sleb() * cie.dataAlignment());
            case 0x0f -> expression.applyToCfa(cursor, state);
            default -> throw new CfiFault(FrameProblem.UNKNOWN_INSTRUCTION);
        }
    }

    private void saved(long register, SavedKind kind, long offset) {
        if (register == X86Registers.RBP) {
            state.rbp(kind, offset);
        } else if (register == X86Registers.RBX) {
            state.rbx(kind, offset);
        } else if (register == X86Registers.RSP) {
            state.rsp(kind, offset);
        } else if (register == cie.returnRegister()) {
            state.returnAddress(kind, offset);
        }
    }

    private void savedExpression(long register, boolean value) throws CfiFault {
        expression.read(cursor);
        if (isTracked(register)) {
            saved(register, expression.savedKind(value), expression.savedOffset());
        }
    }

    private boolean isTracked(long register) {
        return register == X86Registers.RBP
                || register == X86Registers.RBX
                || register == X86Registers.RSP
                || register == cie.returnRegister();
    }

    private void restore(long register) {
        if (register == X86Registers.RBP) {
            state.restoreRbp(cie.initial());
        } else if (register == X86Registers.RBX) {
            state.restoreRbx(cie.initial());
        } else if (register == X86Registers.RSP) {
            state.restoreRsp(cie.initial());
        } else if (register == cie.returnRegister()) {
            state.restoreReturnAddress(cie.initial());
        }
    }

    private void remember() throws CfiFault {
        if (depth == MAX_REMEMBERED) {
            throw new CfiFault(FrameProblem.STATE_STACK);
        }
        if (remembered[depth] == null) {
            remembered[depth] = new FrameState();
        }
        remembered[depth++].copyFrom(state);
    }

    private void restoreState() throws CfiFault {
        if (depth == 0) {
            throw new CfiFault(FrameProblem.STATE_STACK);
        }
        state.copyFrom(remembered[--depth]);
    }

    private void advance(long delta) throws CfiFault, IOException {
        moveTo(location + delta * cie.codeAlignment());
    }

    private void moveTo(long to) throws CfiFault, IOException {
        if (rows == null || Long.compareUnsigned(to, location) < 0 || Long.compareUnsigned(to, end) > 0) {
            throw new CfiFault(FrameProblem.BAD_LOCATION);
        }
        if (to != location) {
            rows.row(location, state);
            location = to;
        }
    }

    /** Where the run stood when it ended: up to here the rows given are right. */
    long location() {
        return location;
    }
}
