package dev.sonde.bench.jvmsteps;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.LongPredicate;

/**
 * The calls of a stepped thread, by what they return to. Frames that were there before the first step are one, at the
 * bottom, whose return address is not known until it is returned to.
 */
final class ShadowCalls {

    private static final int RIP = Stepper.RIP;

    /** What a stub's jump to an exception's handler says. */
    interface LandingCheck {

        /** Whether it is one. */
        boolean isLanding(long from, long to);

        /** Whether code puts other frames in the place of its caller's: deoptimisation. */
        boolean replacesFrames(long address);

        /** Whether code puts a virtual thread's frames on the stack, or takes them off. */
        boolean movesFrames(long address);

        /** Whether a caller that was named in the stub is the code that is landed in; a claim made elsewhere is none. */
        boolean isCaller(StepClaim claim, long to);

        /** Whether a claim was made in a stub. */
        boolean isMadeInStub(StepClaim claim);
    }

    /** A call that has not returned; what the unwinder said while it was the innermost. */
    private static final class Call {
        private final long returnAddress;
        /** Where on the stack it was pushed. */
        private final long slot;
        /** The interpreter calls a piece of its own code, in the same frame (MacroAssembler::call_VM). */
        private final boolean internal;

        private final List<StepClaim> open = new ArrayList<>();

        Call(long returnAddress, long slot, boolean internal) {
            this.returnAddress = returnAddress;
            this.slot = slot;
            this.internal = internal;
        }
    }

    private final Deque<Call> calls = new ArrayDeque<>();
    private final LongPredicate interpreter;
    private final LandingCheck landings;
    private final ClaimSink judge;
    private Call bottom = new Call(0, 0, false);

    /**
     * @param interpreter whether an address is in HotSpot's interpreter, which calls by jumps
     */
    ShadowCalls(LongPredicate interpreter, LandingCheck landings, ClaimSink judge) {
        this.interpreter = interpreter;
        this.landings = landings;
        this.judge = judge;
    }

    /** Takes what an unwinder says of the place at hand. */
    void claim(StepClaim claim) {
        Call call = bottom;
        for (Call candidate : calls) {
            call = candidate;
            if (!candidate.internal || claim.caller() == candidate.returnAddress) {
                break;
            }
            call = bottom;
        }
        if (call.returnAddress != 0 && claim.caller() == call.returnAddress) {
            judge.right(claim);
        } else {
            call.open.add(claim);
        }
    }

    /** Whether something is left to be judged when frames return. */
    boolean isOpen() {
        return !bottom.open.isEmpty() || calls.stream().anyMatch(call -> !call.open.isEmpty());
    }

    /** What an instruction did; the state is that behind it. */
    void follow(Before before, Stepper after) {
        Instruction kind = Instruction.of(before.code());
        long rip = after.register(RIP);
        switch (kind) {
            case CALL -> {
                if (after.register(Stepper.RSP) == before.rsp() - Long.BYTES) {
                    boolean internal = interpreter.test(before.rip()) && interpreter.test(rip);
                    calls.push(new Call(after.stackWord(), after.register(Stepper.RSP), internal));
                }
            }
            case RETURN -> {
                if (landings.movesFrames(before.rip())) {
                    // Another thread's frames may lie where those were that are known, and return to the same places.
                    end();
                } else if (landings.replacesFrames(before.rip())) {
                    landed(rip, after.register(Stepper.RSP));
                } else if (!isInternalReturn(before, rip)) {
                    returned(rip);
                }
            }
            case JUMP -> jumped(before, rip, after.register(Stepper.RSP));
            case OTHER -> {}
        }
    }

    /** From a piece of the interpreter that it has called itself, before the first step too. */
    private boolean isInternalReturn(Before before, long rip) {
        boolean internal = interpreter.test(before.rip()) && interpreter.test(rip);
        if (internal && !calls.isEmpty() && calls.peek().internal) {
            calls.pop();
        }
        return internal;
    }

    private void jumped(Before before, long rip, long rsp) {
        if (landings.isLanding(before.rip(), rip)) {
            landed(rip, rsp);
        } else if (isInterpretersCall(before)) {
            calls.push(new Call(before.stackWord(), before.rsp(), false));
        } else if (before.isInterpretersReturn() && interpreter.test(before.rip())) {
            returned(rip);
        } else if (calls.stream().limit(2).anyMatch(call -> call.returnAddress == rip)) {
            returned(rip);
        }
    }

    /**
     * Frames were left by a jump, or replaced. Those of stubs end where they jump into the code that they name as their
     * caller; of the others it is not known how many there were.
     */
    private void landed(long rip, long rsp) {
        while (!calls.isEmpty() && calls.peek().slot < rsp) {
            land(calls.pop(), rip);
        }
        land(bottom, rip);
    }

    private void land(Call call, long rip) {
        for (StepClaim claim : call.open) {
            if (landings.isMadeInStub(claim) && landings.isCaller(claim, rip)) {
                judge.right(claim);
            } else {
                judge.undecided(claim);
            }
        }
        call.open.clear();
    }

    /** The interpreter pushes what is to be returned to, sets r13 to the stack pointer before, and jumps. */
    private boolean isInterpretersCall(Before before) {
        return interpreter.test(before.rip())
                && before.r13() == before.rsp() + Long.BYTES
                && interpreter.test(before.stackWord());
    }

    private void returned(long target) {
        if (calls.stream().noneMatch(call -> call.returnAddress == target)) {
            calls.forEach(call -> call.open.forEach(judge::undecided));
            bottom.open.forEach(claim -> judge.returned(claim, target));
            calls.clear();
            bottom = new Call(0, 0, false);
            return;
        }
        Call call;
        do {
            call = calls.pop();
            for (StepClaim claim : call.open) {
                // Frames further in may have been left by an exception before.
                if (call.returnAddress == target || claim.caller() == target) {
                    judge.returned(claim, target);
                } else {
                    judge.undecided(claim);
                }
            }
        } while (call.returnAddress != target);
    }

    /** No instruction follows. */
    void end() {
        calls.forEach(call -> call.open.forEach(judge::undecided));
        bottom.open.forEach(judge::undecided);
        calls.clear();
        bottom = new Call(0, 0, false);
    }

    /** The state before an instruction, as far as it is asked for. */
    record Before(long rip, long rsp, long r13, long stackWord, byte[] code) {
        static Before of(Stepper stepper) {
            return new Before(
                    stepper.register(RIP),
                    stepper.register(Stepper.RSP),
                    stepper.register(Stepper.R13),
                    stepper.stackWord(),
                    stepper.code());
        }

        /** jmp *%r13, or jmp *%rdi where a native method has been called. */
        private boolean isInterpretersReturn() {
            return (code[0] == 0x41 && code[1] == (byte) 0xff && code[2] == (byte) 0xe5)
                    || (code[0] == (byte) 0xff && code[1] == (byte) 0xe7);
        }
    }

    /** What matters of an instruction (Intel SDM 2A: E8, FF /2, C3, C2, FF /4). */
    private enum Instruction {
        CALL,
        RETURN,
        JUMP,
        OTHER;

        static Instruction of(byte[] code) {
            int at = 0;
            while (at < code.length - 2 && isPrefix(code[at] & 0xff)) {
                at++;
            }
            int first = code[at] & 0xff;
            int kind = code[at + 1] >> 3 & 7;
            if (first == 0xe8 || (first == 0xff && kind == 2)) {
                return CALL;
            }
            if (first == 0xc3 || first == 0xc2) {
                return RETURN;
            }
            return (first == 0xff && kind == 4) || first == 0xe9 || first == 0xeb ? JUMP : OTHER;
        }

        private static boolean isPrefix(int code) {
            return code == 0x66
                    || code == 0x67
                    || code == 0x3e
                    || code == 0xf2
                    || code == 0xf3
                    || (code & 0xf0) == 0x40;
        }
    }
}
