package dev.sonde.agent.jvm.decode.flow;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.BitSet;

/**
 * Follows the flow of control through a piece of code from its entries on, and finds for each instruction what is known
 * of the stack before it: what holds on every way there. Code that cannot be reached this way stays unknown; data lies
 * between code, and looks like it.
 *
 * <p>An entry may be tried: what it changed is undone when it leads to what cannot be (an invalid instruction, the middle
 * of another one, a return without its address, other frames where it joins what is known).
 */
public final class CodeFlow {

    private static final VarHandle I64 = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    /** 0.3 were the most seen in real code, 2 in the smallest blobs. */
    private static final int MAX_VISITS_PER_BYTE = 4;

    private static final int MIN_VISITS = 1 << 14;

    /** What entries that are none may cost, all together. */
    private static final int MAX_TRIAL_VISITS_PER_BYTE = 16;

    /** The interpreter has 17,000 instructions, which one entry leads to a fifth of. */
    private static final int MAX_VISITS_A_TRIAL = 1 << 16;

    /** The interpreter has 6,000; they take up to 600 bytes each. */
    private static final int MAX_STATES = 1 << 15;

    /** Jump tables of HotSpot's stubs have up to 64 entries. */
    private static final int MAX_TABLE_ENTRIES = 256;

    /** Of an instruction that is reached from several others, or from outside. */
    private static final int MANY = -1;

    private static final byte NONE = 0;
    private static final byte BEGIN = 1;
    private static final byte INSIDE = 2;

    private final byte[] code;
    private final long start;
    private final FlowPolicy policy;
    private final InstructionDecoder decoder;
    private final FrameEffects effects;
    private final FrameState[] before;
    private final byte[] marks;
    private final boolean[] entries;
    private final int[] origins;
    private final Instruction insn = new Instruction();
    private final FrameState work = new FrameState();
    private final FlowJournal journal = new FlowJournal();
    private int[] pending = new int[64];
    private final BitSet queued = new BitSet();
    private int pendingCount;
    private int[] callTargets = new int[64];
    private int callTargetCount;
    private long visitsLeft;
    private long trialVisitsLeft;
    private int statesLeft = MAX_STATES;
    private boolean trying;
    private boolean exhausted;
    private boolean impossible;
    private boolean lost;
    private boolean ended;
    private boolean returned;

    /**
     * @param code the code, and data in it
     * @param start where its first byte lies in the process
     */
    public CodeFlow(byte[] code, long start, FlowPolicy policy) {
        this.code = code;
        this.start = start;
        this.policy = policy;
        this.decoder = new InstructionDecoder(code);
        this.effects = new FrameEffects(start, code.length);
        this.before = new FrameState[code.length];
        this.marks = new byte[code.length];
        this.entries = new boolean[code.length];
        this.origins = new int[code.length];
        this.visitsLeft = Math.max(MIN_VISITS, (long) MAX_VISITS_PER_BYTE * code.length);
        this.trialVisitsLeft = Math.max(MIN_VISITS, (long) MAX_TRIAL_VISITS_PER_BYTE * code.length);
    }

    /** What is known before the instruction at an offset; null where none was reached. */
    public FrameState before(int offset) {
        return before[offset];
    }

    /** Whether the byte is one of an instruction that was reached. */
    public boolean isReached(int offset) {
        return marks[offset] != NONE;
    }

    /** The instruction at an offset, into the argument. */
    public boolean decode(int offset, Instruction into) {
        return decoder.decode(offset, into);
    }

    /** Bytes of code. */
    public int size() {
        return code.length;
    }

    /** Tells an entry that is one for sure; {@link #run} follows the flow from it. */
    public void enter(int offset, FrameState state) {
        if (offset < 0 || offset >= code.length || marks[offset] != NONE) {
            return;
        }
        entries[offset] = true;
        reach(MANY, offset, state);
    }

    /** What an entry that is tried must show to be one. */
    public enum Proof {
        /** All ways end where the caller is known, or in known code. */
        CONSISTENT,
        /** So they do, and one of them with a return. */
        RETURNS,
        /** One of them ends with a return; others may get lost, for something else says that it is an entry. */
        NAMED
    }

    /** Follows the flow from what may be an entry; false when it is none, and all is as before. */
    public boolean tryEnter(int offset, FrameState state, Proof proof) {
        if (offset < 0 || offset >= code.length || marks[offset] != NONE || trialVisitsLeft <= 0) {
            return false;
        }
        int targets = callTargetCount;
        impossible = false;
        lost = false;
        ended = false;
        returned = false;
        trying = true;
        reach(MANY, offset, state);
        flow(Math.min(trialVisitsLeft, MAX_VISITS_A_TRIAL));
        trying = false;
        if (!isEntry(proof) || journal.worsened(before)) {
            undo();
            callTargetCount = targets;
            return false;
        }
        journal.clear();
        return true;
    }

    private boolean isEntry(Proof proof) {
        return !impossible
                && switch (proof) {
                    case CONSISTENT -> ended && !lost;
                    case RETURNS -> returned && !lost;
                    case NAMED -> returned;
                };
    }

    /** A place within the code that it calls, once each; -1 when there is no other. */
    public int nextCallTarget() {
        return callTargetCount == 0 ? -1 : callTargets[--callTargetCount];
    }

    private void undo() {
        for (int i = journal.size() - 1; i >= 0; i--) {
            int offset = journal.offset(i);
            before[offset] = journal.state(i);
            origins[offset] = journal.origin(i);
            if (before[offset] == null && marks[offset] == BEGIN) {
                decoder.decode(offset, insn);
                Arrays.fill(marks, offset, offset + insn.length, NONE);
            }
        }
        journal.clear();
    }

    /** Follows the flow from the entries told. */
    public void run() {
        flow(visitsLeft);
    }

    /**
     * Whether the bounds on work were spent before all ways were followed: then what is known does not hold on all of
     * them, and counts for nothing.
     */
    public boolean exhausted() {
        return exhausted;
    }

    private void flow(long visits) {
        long left = visits;
        while (pendingCount > 0 && left > 0 && statesLeft > 0 && !(trying && impossible)) {
            left--;
            int offset = pending[--pendingCount];
            queued.clear(offset);
            visit(offset);
        }
        if (trying) {
            trialVisitsLeft -= visits - left;
            impossible |= pendingCount > 0;
        } else {
            visitsLeft -= visits - left;
            exhausted |= pendingCount > 0;
        }
        pendingCount = 0;
        queued.clear();
    }

    /** @param from the instruction before it, or {@link #MANY} */
    private void reach(int from, int offset, FrameState state) {
        FrameState known = before[offset];
        if (known == null) {
            put(from, offset, state);
            return;
        }
        if (origins[offset] == from && from != MANY) {
            // No other way leads here: what holds now replaces what held.
            if (!known.sameAs(state)) {
                put(from, offset, state);
            }
            return;
        }
        FrameState met = known.copy();
        statesLeft--;
        boolean changed = met.meet(state, offset);
        if (changed && entries[offset] && !FrameRule.of(known, false).equals(FrameRule.of(met, false))) {
            // Behind a call that does not return lies another function.
            impossible = true;
            return;
        }
        ended |= journal.isOld(offset);
        if (changed || origins[offset] != MANY) {
            put(MANY, offset, met);
        }
    }

    private void put(int from, int offset, FrameState state) {
        if (trying) {
            journal.add(offset, before[offset], origins[offset]);
        }
        before[offset] = state;
        origins[offset] = from;
        if (queued.get(offset)) {
            return;
        }
        queued.set(offset);
        if (pendingCount == pending.length) {
            pending = Arrays.copyOf(pending, pendingCount * 2);
        }
        pending[pendingCount++] = offset;
    }

    private void visit(int offset) {
        if (isUnwritten(offset) || !decoder.decode(offset, insn) || !mark(offset)) {
            impossible = true;
            return;
        }
        FrameState state = before[offset];
        if (insn.isReturn()) {
            boolean right = isInterpreters(state)
                    || (isOnTop(state) && Value.base(state.register(Instruction.RBP)) == Value.CALLER_RBP);
            ended = true;
            returned |= right;
            lost |= !right;
            return;
        }
        if (insn.isStop()) {
            ended |= isInterpreters(state);
            return;
        }
        if (insn.isIndirectJump()) {
            leave(state);
            table(offset, state);
            return;
        }
        follow(offset, state);
    }

    /** Two zeros would be an instruction, but stand where nothing was written. */
    public boolean isUnwritten(int offset) {
        return code[offset] == 0 && (offset + 1 >= code.length || code[offset + 1] == 0);
    }

    private void follow(int offset, FrameState state) {
        int next = offset + insn.length;
        long target = next + insn.immediate;
        boolean direct = insn.isDirectJump();
        boolean jumps = direct || insn.isConditionalJump();
        boolean called = insn.isDirectCall() && target >= 0 && target < code.length;
        boolean falls = insn.fallsThrough();
        work.set(state);
        if (called && policy.callStaysInFrame(offset, (int) target)) {
            work.register(Instruction.RSP, Value.plus(work.register(Instruction.RSP), -Long.BYTES));
            reach(offset, (int) target, work.copy());
            work.set(state);
        } else if (called) {
            addCallTarget((int) target);
        }
        effects.apply(insn, offset, work);
        policy.adjust(insn, offset, state, work);
        // The same object where nothing changed: most instructions leave the stack alone.
        FrameState after = work.sameAs(state) ? state : work.copy();
        statesLeft -= after == state ? 0 : 1;
        if (falls) {
            reachOrFail(offset, next, after);
        }
        if (jumps) {
            jump(offset, target, after);
        }
    }

    private void jump(int from, long target, FrameState state) {
        if (target >= 0 && target < code.length) {
            reach(from, (int) target, state);
        } else {
            leave(state);
        }
    }

    private void reachOrFail(int from, int offset, FrameState state) {
        if (offset < code.length) {
            reach(from, offset, state);
        } else {
            impossible = true;
        }
    }

    private void addCallTarget(int target) {
        if (entries[target] || before[target] != null || callTargetCount == code.length) {
            return;
        }
        if (callTargetCount == callTargets.length) {
            callTargets = Arrays.copyOf(callTargets, callTargetCount * 2);
        }
        callTargets[callTargetCount++] = target;
    }

    /** A jump to elsewhere: whoever goes on there must find the return address, or the interpreter's frame. */
    private void leave(FrameState state) {
        ended = true;
        lost |= !isOnTop(state) && !isInRegister(state) && !isInterpreters(state);
    }

    private static boolean isOnTop(FrameState state) {
        return Value.base(state.load(state.register(Instruction.RSP))) == Value.RETURN_ADDRESS;
    }

    private static boolean isInRegister(FrameState state) {
        for (int i = 0; i < 16; i++) {
            if (Value.base(state.register(i)) == Value.RETURN_ADDRESS) {
                return true;
            }
        }
        return false;
    }

    private static boolean isInterpreters(FrameState state) {
        return state.register(Instruction.RBP) == Value.of(Value.FRAME, 0);
    }

    /** jmp [register + 8 * index], where the register points at addresses of this code. */
    private void table(int from, FrameState state) {
        if (insn.registerForm || insn.base < 0 || insn.base == Instruction.RIP) {
            return;
        }
        long table = Value.plus(state.register(insn.base), insn.displacement);
        if (Value.base(table) != Value.CODE || insn.index == Instruction.NO_REGISTER || insn.scale != Long.BYTES) {
            return;
        }
        int at = Value.offset(table);
        for (int i = 0; i < MAX_TABLE_ENTRIES && at >= 0 && at <= code.length - Long.BYTES; i++, at += Long.BYTES) {
            long target = (long) I64.get(code, at) - start;
            if (target < 0 || target >= code.length || marks[at] != NONE) {
                return;
            }
            reach(from, (int) target, state);
        }
    }

    /** Whether the instruction lies on no part of another one; its bytes are its own from now on. */
    private boolean mark(int offset) {
        if (marks[offset] == BEGIN) {
            return true;
        }
        for (int i = offset; i < offset + insn.length; i++) {
            if (marks[i] != NONE) {
                return false;
            }
        }
        marks[offset] = BEGIN;
        Arrays.fill(marks, offset + 1, offset + insn.length, INSIDE);
        return true;
    }
}
