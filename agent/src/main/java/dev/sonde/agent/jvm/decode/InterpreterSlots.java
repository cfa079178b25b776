package dev.sonde.agent.jvm.decode;

import static dev.sonde.agent.jvm.decode.flow.Instruction.R13;
import static dev.sonde.agent.jvm.decode.flow.Instruction.RBX;

import dev.sonde.agent.jvm.decode.flow.Instruction;
import dev.sonde.agent.jvm.decode.flow.InstructionDecoder;
import java.util.Optional;

/**
 * Where from rbp on an interpreter frame has what names it. VMStructs lacks these constants of runtime/frame_x86.hpp; the
 * interpreter's code tells them.
 *
 * @param method of the Method*, bytes, below zero: where a method's entry pushes rbx
 * @param bcp of the bytecode pointer, bytes, below zero: where r13 is saved before calls
 */
public record InterpreterSlots(int method, int bcp) {

    /** Slots are counted by their bytes' distance from rbp, in words. */
    private static final int MAX_WORDS = 16;

    /** Fixed frames are set up some 30 instructions after entry; native entries lock first. */
    private static final int MAX_ENTRY_INSTRUCTIONS = 400;

    /** Reads them from the interpreter's code; empty where it is not as expected. */
    static Optional<InterpreterSlots> of(byte[] code, int entryOffset) {
        int method = methodSlot(code, entryOffset);
        int bcp = bcpSlot(code);
        return method < 0 && bcp < 0 ? Optional.of(new InterpreterSlots(method, bcp)) : Optional.empty();
    }

    /** The slot most often stored to by {@code mov [rbp - N], r13}; 0 where there is none. */
    private static int bcpSlot(byte[] code) {
        int[] counts = new int[MAX_WORDS];
        int best = 0;
        for (int i = 0; i + 4 <= code.length; i++) {
            int offset = -code[i + 3];
            boolean saves = code[i] == 0x4c && code[i + 1] == (byte) 0x89 && code[i + 2] == 0x6d;
            if (saves && offset > 0 && offset < MAX_WORDS * Long.BYTES && offset % Long.BYTES == 0) {
                int word = offset / Long.BYTES;
                counts[word]++;
                best = counts[word] > counts[best] ? word : best;
            }
        }
        return -best * Long.BYTES;
    }

    /** Counts the pushes behind {@code mov rbp, rsp}, up to that of rbx; 0 where it is not found. */
    private static int methodSlot(byte[] code, int entryOffset) {
        InstructionDecoder decoder = new InstructionDecoder(code);
        Instruction insn = new Instruction();
        int at = entryOffset;
        int slot = 1;
        boolean senderSaved = false;
        for (int i = 0; i < MAX_ENTRY_INSTRUCTIONS && decoder.decode(at, insn); i++, at += insn.lengthBytes()) {
            if (insn.setsFramePointer()) {
                slot = 0;
                senderSaved = false;
            } else if (slot <= 0 && (insn.isPush() || insn.isPushOfNumber())) {
                slot -= Long.BYTES;
                senderSaved |= insn.isPushOf(R13);
                if (insn.isPushOf(RBX) && senderSaved) {
                    return slot;
                }
            }
        }
        return 0;
    }
}
