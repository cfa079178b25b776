package dev.sonde.agent.jvm.decode.flow;

import java.util.Arrays;

/** What is known before an instruction runs: of the general registers, and of slots in the stack. */
public final class FrameState {

    private static final int REGISTERS = 16;

    /** 11 were the most seen; slots beyond are not followed. */
    private static final int MAX_SLOTS = 24;

    private static final long[] NONE = {};

    private final long[] registers = new long[REGISTERS];
    private long[] places = NONE;
    private long[] contents = NONE;
    private int slots;

    /** Nothing is known but that rsp has a value of its own. */
    public static FrameState unknown(int codeOffset) {
        FrameState state = new FrameState();
        state.registers[Instruction.RSP] = Value.place(codeOffset);
        return state;
    }

    /** Code that has just been called: the return address is on top of the stack. */
    public static FrameState called() {
        FrameState state = new FrameState();
        state.registers[Instruction.RSP] = Value.of(Value.CFA, -8);
        state.registers[Instruction.RBP] = Value.of(Value.CALLER_RBP, 0);
        state.store(Value.of(Value.CFA, -8), Value.of(Value.RETURN_ADDRESS, 0));
        return state;
    }

    FrameState copy() {
        FrameState copy = new FrameState();
        copy.set(this);
        return copy;
    }

    /** Becomes a copy of another. */
    public void set(FrameState other) {
        System.arraycopy(other.registers, 0, registers, 0, REGISTERS);
        if (places.length < other.slots) {
            places = new long[other.slots];
            contents = new long[other.slots];
        }
        slots = other.slots;
        System.arraycopy(other.places, 0, places, 0, slots);
        System.arraycopy(other.contents, 0, contents, 0, slots);
    }

    /** What a register holds. */
    public long register(int number) {
        return registers[number];
    }

    /** Says what a register holds. */
    public void register(int number, long value) {
        registers[number] = value;
    }

    int slots() {
        return slots;
    }

    /** The address of a slot of which something is known. */
    long place(int slot) {
        return places[slot];
    }

    long content(int slot) {
        return contents[slot];
    }

    /** What the 8 bytes at an address hold. */
    public long load(long place) {
        for (int i = 0; i < slots; i++) {
            if (places[i] == place) {
                return contents[i];
            }
        }
        return Value.UNKNOWN;
    }

    /** Whether a slot holds content of a base. */
    boolean hasSlotWith(int base) {
        for (int i = 0; i < slots; i++) {
            if (Value.base(contents[i]) == base) {
                return true;
            }
        }
        return false;
    }

    /** Writes 8 bytes. */
    public void store(long place, long value) {
        forget(place, Long.BYTES);
        if (value == Value.UNKNOWN || !Value.isAddress(place) || slots == MAX_SLOTS) {
            return;
        }
        if (slots == places.length) {
            places = Arrays.copyOf(places, slots * 2 + 4);
            contents = Arrays.copyOf(contents, slots * 2 + 4);
        }
        // Ascending, so that equal knowledge looks equal.
        int at = slots;
        while (at > 0 && places[at - 1] > place) {
            places[at] = places[at - 1];
            contents[at] = contents[at - 1];
            at--;
        }
        places[at] = place;
        contents[at] = value;
        slots++;
    }

    /** Something unknown is written to some bytes. */
    void forget(long place, int bytes) {
        int base = Value.base(place);
        int from = Value.offset(place);
        int kept = 0;
        for (int i = 0; i < slots; i++) {
            int offset = Value.offset(places[i]);
            boolean hit = Value.base(places[i]) == base && offset < from + bytes && offset + Long.BYTES > from;
            kept = hit ? kept : keep(i, kept);
        }
        slots = kept;
    }

    /** Forgets the slots below rsp: whatever is called next writes them. */
    void forgetBelowStack() {
        long rsp = registers[Instruction.RSP];
        int kept = 0;
        for (int i = 0; i < slots; i++) {
            boolean below = Value.base(places[i]) == Value.base(rsp) && Value.offset(places[i]) < Value.offset(rsp);
            kept = below ? kept : keep(i, kept);
        }
        slots = kept;
    }

    /** Forgets what lies at addresses of a base. */
    void forgetSlots(int base) {
        int kept = 0;
        for (int i = 0; i < slots; i++) {
            kept = Value.base(places[i]) == base ? kept : keep(i, kept);
        }
        slots = kept;
    }

    private int keep(int from, int to) {
        places[to] = places[from];
        contents[to] = contents[from];
        return to + 1;
    }

    /** rsp becomes what cannot be told; its value there gets a name. */
    void stackAnew(int codeOffset) {
        long place = Value.place(codeOffset);
        forgetBase(Value.base(place));
        registers[Instruction.RSP] = place;
    }

    /**
     * Keeps what holds in both states: control comes from either.
     *
     * @param codeOffset of the place where they meet
     * @return whether anything was lost
     */
    boolean meet(FrameState other, int codeOffset) {
        FrameState before = copy();
        if (registers[Instruction.RSP] == other.registers[Instruction.RSP]) {
            for (int i = 0; i < REGISTERS; i++) {
                registers[i] = registers[i] == other.registers[i] ? registers[i] : Value.UNKNOWN;
            }
            meetSlots(other);
        } else {
            meetRenamed(other.copy(), Value.place(codeOffset));
        }
        return !sameAs(before);
    }

    /** Two stack pointers meet: what holds from rsp on in both holds still. */
    private void meetRenamed(FrameState other, long place) {
        long ownStack = nameStack(place);
        long otherStack = other.nameStack(place);
        for (int i = 0; i < REGISTERS; i++) {
            if (registers[i] != other.registers[i]) {
                long renamed = renamed(registers[i], ownStack, place);
                boolean same = renamed == renamed(other.registers[i], otherStack, place);
                registers[i] = same ? renamed : Value.UNKNOWN;
            }
        }
        meetSlots(other);
    }

    /** Gives rsp a name of its own, by which slots are told, too; returns what it was. */
    private long nameStack(long place) {
        long stack = registers[Instruction.RSP];
        if (stack == place) {
            return stack;
        }
        forgetBase(Value.base(place));
        registers[Instruction.RSP] = place;
        FrameState old = copy();
        for (int i = 0; i < old.slots; i++) {
            store(renamed(old.places[i], stack, place), old.contents[i]);
        }
        return stack;
    }

    /** A value in terms of the stack pointer, where it is of the same base; {@link Value#UNKNOWN} of others. */
    private static long renamed(long value, long stack, long place) {
        return Value.base(value) == Value.base(stack)
                ? Value.of(Value.base(place), Value.offset(value) - Value.offset(stack))
                : Value.UNKNOWN;
    }

    /** Forgets all that is told by the name of a stack pointer, which is about to be another. */
    private void forgetBase(int base) {
        int kept = 0;
        for (int i = 0; i < slots; i++) {
            boolean told = Value.base(places[i]) == base || Value.base(contents[i]) == base;
            kept = told ? kept : keep(i, kept);
        }
        slots = kept;
        for (int i = 0; i < REGISTERS; i++) {
            registers[i] = Value.base(registers[i]) == base ? Value.UNKNOWN : registers[i];
        }
    }

    private void meetSlots(FrameState other) {
        int kept = 0;
        for (int i = 0; i < slots; i++) {
            kept = other.load(places[i]) == contents[i] ? keep(i, kept) : kept;
        }
        slots = kept;
    }

    boolean sameAs(FrameState other) {
        return Arrays.equals(registers, other.registers)
                && slots == other.slots
                && Arrays.equals(places, 0, slots, other.places, 0, slots)
                && Arrays.equals(contents, 0, slots, other.contents, 0, slots);
    }
}
