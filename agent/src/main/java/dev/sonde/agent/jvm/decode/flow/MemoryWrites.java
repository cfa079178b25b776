package dev.sonde.agent.jvm.decode.flow;

import dev.sonde.agent.jvm.decode.flow.Instruction.Encoding;

/** How many bytes an instruction writes at its memory operand (Intel SDM volume 2, the instructions' pages). */
final class MemoryWrites {

    /** fxsave's area; xsave's is larger, and nothing that matters is kept behind either. */
    private static final int STATE_BYTES = 512;

    private MemoryWrites() {}

    /** 0 where it has no memory operand or only reads it. */
    static int bytes(Instruction insn) {
        if (!insn.hasModrm || insn.registerForm) {
            return 0;
        }
        if (insn.encoding != Encoding.LEGACY) {
            return vector(insn);
        }
        return switch (insn.map) {
            case 0 -> oneByte(insn);
            case 1 -> twoBytes(insn);
            case 2 -> insn.opcode == 0xf1 && insn.prefix != Instruction.PREFIX_F2 ? insn.operandBytes() : 0;
            default -> extraction(insn);
        };
    }

    private static int oneByte(Instruction insn) {
        int opcode = insn.opcode;
        int bytes = (opcode & 1) == 0 ? 1 : insn.operandBytes();
        int extension = insn.reg & 7;
        if (opcode < 0x38) {
            return (opcode & 7) < 2 ? bytes : 0;
        }
        return switch (opcode) {
            case 0x80, 0x81, 0x83 -> extension == 7 ? 0 : bytes;
            case 0x86, 0x87, 0x88, 0x89, 0xc0, 0xc1, 0xc6, 0xc7, 0xd0, 0xd1, 0xd2, 0xd3 -> bytes;
            case 0x8c -> 2;
            case 0x8f -> 8;
            // x87 stores: at most ten bytes, but for the whole state, which HotSpot does not save this way.
            case 0xd9, 0xdb, 0xdd, 0xdf -> extension == 2 || extension == 3 || extension >= 6 ? 10 : 0;
            case 0xf6, 0xf7 -> extension == 2 || extension == 3 ? bytes : 0;
            case 0xfe, 0xff -> extension < 2 ? bytes : 0;
            default -> 0;
        };
    }

    private static int twoBytes(Instruction insn) {
        return switch (insn.opcode) {
            case 0x11 -> scalarBytes(insn);
            case 0x13, 0x17, 0xd6, 0xe7 -> insn.opcode == 0xe7 ? 16 : 8;
            case 0x29, 0x2b -> 16;
            case 0x7e -> insn.prefix == Instruction.PREFIX_F3 ? 0 : insn.wide ? 8 : 4;
            case 0x7f -> insn.prefix == Instruction.PREFIX_NONE ? 8 : 16;
            case 0x90, 0x91, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97 -> 1;
            case 0x98, 0x99, 0x9a, 0x9b, 0x9c, 0x9d, 0x9e, 0x9f -> 1;
            case 0xa4, 0xa5, 0xab, 0xac, 0xad, 0xb0, 0xb1, 0xb3, 0xba, 0xbb, 0xc0, 0xc1, 0xc3 -> insn.operandBytes();
            case 0xae ->
                (insn.reg & 7) == 0 || (insn.reg & 7) == 4 || (insn.reg & 7) == 6
                        ? STATE_BYTES
                        : (insn.reg & 7) == 3 ? 4 : 0;
            case 0xc7 -> 16;
            default -> 0;
        };
    }

    private static int scalarBytes(Instruction insn) {
        return insn.prefix == Instruction.PREFIX_F3
                ? 4
                : insn.prefix == Instruction.PREFIX_F2 ? 8 : insn.vectorBits / 8;
    }

    private static int extraction(Instruction insn) {
        return switch (insn.opcode) {
            case 0x14 -> 1;
            case 0x15 -> 2;
            case 0x16, 0x17 -> insn.wide ? 8 : 4;
            default -> 0;
        };
    }

    private static int vector(Instruction insn) {
        int whole = insn.vectorBits / 8;
        if (insn.map == 1 || insn.map == 5) {
            return switch (insn.opcode) {
                case 0x11 -> scalarBytes(insn);
                case 0x13, 0x17, 0xd6, 0x91 -> 8;
                case 0x29, 0x2b, 0x7f, 0xe7 -> whole;
                case 0x7e -> insn.prefix == Instruction.PREFIX_F3 ? 0 : insn.wide ? 8 : 4;
                default -> 0;
            };
        }
        if (insn.map == 2) {
            return switch (insn.opcode) {
                // vmaskmov; vpmaskmov, scatters, compressions; the narrowing moves of EVEX.
                case 0x2e, 0x2f, 0x8a, 0x8b, 0x8e, 0x63, 0xa0, 0xa1, 0xa2, 0xa3 -> whole;
                default ->
                    insn.encoding == Encoding.EVEX
                                    && insn.prefix == Instruction.PREFIX_F3
                                    && insn.opcode >= 0x10
                                    && insn.opcode <= 0x35
                            ? whole
                            : 0;
            };
        }
        return switch (insn.opcode) {
            case 0x19, 0x39, 0x1b, 0x3b -> whole / 2;
            case 0x1d -> whole;
            default -> extraction(insn);
        };
    }
}
