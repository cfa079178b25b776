package dev.sonde.symbolizer.cfi.dwarf;

import dev.sonde.symbolizer.cfi.CfaKind;
import dev.sonde.symbolizer.cfi.SavedKind;
import dev.sonde.symbolizer.cfi.X86Registers;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Reads the DWARF expressions (DWARF 5, section 2.5) that frame information holds, as terms of registers, and finds
 * out whether they have a shape that a rule can express.
 */
final class CfaExpression {

    /** Terms held at once; the deepest of the known shapes needs three. */
    private static final int MAX_DEPTH = 16;

    /** What an expression has computed so far. */
    private sealed interface Term {
        record Constant(long value) implements Term {}

        /** base + 8 * index + offset; the index is -1 where there is none. */
        record Linear(int base, int index, long offset) implements Term {}

        /** The word at an address, plus an addend. */
        record Loaded(Linear address, long addend) implements Term {}

        record Cfa(long offset) implements Term {}

        record Scaled(int register) implements Term {}

        record PltPosition() implements Term {}

        record PastPush(long threshold) implements Term {}

        record PltSlot(long threshold) implements Term {}

        record Plt(Linear stack, long threshold) implements Term {}

        record Unknown() implements Term {}
    }

    private static final Term UNKNOWN = new Term.Unknown();

    private final Deque<Term> stack = new ArrayDeque<>();
    private Term result = UNKNOWN;

    /** Reads a block with its length; the cursor then stands behind it. */
    void read(CfiCursor cursor) throws CfiFault {
        evaluate(cursor, new Term.Cfa(0));
    }

    /** Reads the block of DW_CFA_def_cfa_expression into a row. */
    void applyToCfa(CfiCursor cursor, FrameState state) throws CfiFault {
        evaluate(cursor, UNKNOWN);
        switch (result) {
            case Term.Linear(int base, int index, long offset) when index < 0 -> state.cfa(base, offset);
            case Term.Loaded(Term.Linear(int base, int index, long offset), long addend) -> {
                if (index < 0) {
                    state.cfa(CfaKind.DEREFERENCED, base, 0, offset, addend);
                } else {
                    state.cfa(CfaKind.INDEXED, base, index, offset, addend);
                }
            }
            case Term.Plt(Term.Linear(int base, int index, long offset), long threshold)
            when base == X86Registers.RSP && index < 0 -> state.cfa(CfaKind.PLT, base, 0, offset, threshold);
            default -> state.unsupportedCfa();
        }
    }

    /** How the register is found that the expression describes: by its value, or by where it was saved. */
    SavedKind savedKind(boolean value) {
        return switch (result) {
            case Term.Cfa cfa -> value ? SavedKind.CFA_VALUE : SavedKind.AT_CFA;
            case Term.Linear linear when !value && linear.index() < 0 -> addressKind(linear.base());
            default -> SavedKind.UNSUPPORTED;
        };
    }

    private static SavedKind addressKind(int base) {
        return switch (base) {
            case X86Registers.RBP -> SavedKind.AT_RBP;
            case X86Registers.RSP -> SavedKind.AT_BASE;
            default -> SavedKind.UNSUPPORTED;
        };
    }

    /** The offset to that kind. */
    long savedOffset() {
        return switch (result) {
            case Term.Cfa cfa -> cfa.offset();
            case Term.Linear linear -> linear.offset();
            default -> 0;
        };
    }

    private void evaluate(CfiCursor cursor, Term initial) throws CfiFault {
        int outerLimit = cursor.limit();
        cursor.limitTo(cursor.uleb());
        int end = cursor.limit();
        result = UNKNOWN;
        stack.clear();
        stack.push(initial);
        boolean known = true;
        while (known && cursor.hasMore()) {
            known = step(cursor) && stack.size() <= MAX_DEPTH;
        }
        if (known && !stack.isEmpty()) {
            result = stack.pop();
        }
        cursor.widenTo(outerLimit);
        cursor.moveTo(end);
    }

    /** One operation; false where it is none that the known shapes have. */
    private boolean step(CfiCursor cursor) throws CfiFault {
        int operation = cursor.u8();
        if (operation >= 0x30 && operation <= 0x4f) {
            return push(new Term.Constant(operation - 0x30));
        }
        if (operation >= 0x70 && operation <= 0x8f) {
            return register(operation - 0x70, cursor.sleb());
        }
        return switch (operation) {
            case 0x92 -> register(cursor.uleb(), cursor.sleb());
            case 0x08 -> push(new Term.Constant(cursor.u8()));
            case 0x09 -> push(new Term.Constant((byte) cursor.u8()));
            case 0x0a -> push(new Term.Constant(cursor.u16()));
            case 0x0b -> push(new Term.Constant((short) cursor.u16()));
            case 0x0c -> push(new Term.Constant(cursor.u32()));
            case 0x0d -> push(new Term.Constant((int) cursor.u32()));
            case 0x0e, 0x0f -> push(new Term.Constant(cursor.i64()));
            case 0x10 -> push(new Term.Constant(cursor.uleb()));
            case 0x11 -> push(new Term.Constant(cursor.sleb()));
            case 0x06 -> push(load(pop()));
            case 0x23 -> push(sum(pop(), new Term.Constant(cursor.uleb())));
            case 0x96 -> true; // nop
            default -> binary(operation);
        };
    }

    private boolean binary(int operation) {
        Term right = pop();
        Term left = pop();
        return switch (operation) {
            case 0x22 -> push(sum(left, right));
            case 0x1c -> right instanceof Term.Constant(long value) && push(sum(left, new Term.Constant(-value)));
            case 0x1a -> push(masked(left, right));
            case 0x1e -> push(multiplied(left, right));
            case 0x24 -> push(shifted(left, right));
            case 0x2a -> push(compared(left, right));
            default -> false;
        };
    }

    private boolean register(long number, long offset) {
        if (number < 0 || number > X86Registers.RIP) {
            return false;
        }
        return push(new Term.Linear((int) number, -1, offset));
    }

    private static Term load(Term address) {
        return address instanceof Term.Linear linear ? new Term.Loaded(linear, 0) : UNKNOWN;
    }

    private static Term sum(Term left, Term right) {
        if (right instanceof Term.Constant(long value)) {
            return switch (left) {
                case Term.Linear(int base, int index, long offset) -> new Term.Linear(base, index, offset + value);
                case Term.Loaded(Term.Linear address, long addend) -> new Term.Loaded(address, addend + value);
                case Term.Cfa(long offset) -> new Term.Cfa(offset + value);
                case Term.Constant(long other) -> new Term.Constant(other + value);
                default -> UNKNOWN;
            };
        }
        if (left instanceof Term.Linear(int base, int index, long offset) && index < 0) {
            return switch (right) {
                case Term.Scaled(int register) -> new Term.Linear(base, register, offset);
                case Term.PltSlot(long threshold) -> new Term.Plt(new Term.Linear(base, index, offset), threshold);
                default -> UNKNOWN;
            };
        }
        return UNKNOWN;
    }

    private static Term multiplied(Term left, Term right) {
        return left instanceof Term.Linear(int base, int index, long offset)
                        && index < 0
                        && offset == 0
                        && right instanceof Term.Constant(long value)
                        && value == Long.BYTES
                ? new Term.Scaled(base)
                : UNKNOWN;
    }

    private static Term shifted(Term left, Term right) {
        if (!(right instanceof Term.Constant(long value)) || value != 3) {
            return UNKNOWN;
        }
        return left instanceof Term.PastPush(long threshold)
                ? new Term.PltSlot(threshold)
                : multiplied(left, new Term.Constant(Long.BYTES));
    }

    private static Term masked(Term left, Term right) {
        return left instanceof Term.Linear(int base, int index, long offset)
                        && base == X86Registers.RIP
                        && index < 0
                        && offset == 0
                        && right instanceof Term.Constant(long value)
                        && value == 15
                ? new Term.PltPosition()
                : UNKNOWN;
    }

    private static Term compared(Term left, Term right) {
        return left instanceof Term.PltPosition && right instanceof Term.Constant(long value)
                ? new Term.PastPush(value)
                : UNKNOWN;
    }

    private boolean push(Term term) {
        stack.push(term);
        return true;
    }

    private Term pop() {
        return stack.isEmpty() ? UNKNOWN : stack.pop();
    }
}
