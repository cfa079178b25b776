package dev.sonde.agent.jvm.decode.flow;

import dev.sonde.agent.jvm.decode.flow.Instruction.Encoding;

/**
 * Which general registers an instruction writes (Intel SDM volume 2, the instructions' pages), as bits by their machine
 * numbers. Where the manual's answer depends on more than the opcode, all that may be written counts.
 */
final class RegisterWrites {

    private static final int RAX = 1 << Instruction.RAX;
    private static final int RCX = 1 << Instruction.RCX;
    private static final int RDX = 1 << Instruction.RDX;
    private static final int RBX = 1 << Instruction.RBX;
    private static final int RSI = 1 << Instruction.RSI;
    private static final int RDI = 1 << Instruction.RDI;

    private RegisterWrites() {}

    /** Those of an instruction that is no jump, call or return and neither pushes nor pops. */
    static int of(Instruction insn) {
        if (insn.encoding != Encoding.LEGACY) {
            return ofVector(insn);
        }
        return switch (insn.map) {
            case 0 -> ofOneByte(insn);
            case 1 -> ofTwoBytes(insn);
            case 2 -> insn.opcode >= 0xf0 ? reg(insn) : 0;
            default -> ofExtraction(insn);
        };
    }

    /** Whether an instruction changes rsp or rbp. */
    static boolean changesFrame(Instruction insn) {
        boolean usesStack = insn.oneByte()
                && switch (insn.opcode) {
                    case 0x68, 0x6a, 0x8f, 0x9c, 0x9d, 0xc8, 0xc9, 0xff -> true;
                    default -> insn.opcode >= 0x50 && insn.opcode <= 0x5f;
                };
        return usesStack || (of(insn) & ((1 << Instruction.RSP) | (1 << Instruction.RBP))) != 0;
    }

    private static int reg(Instruction insn) {
        return 1 << insn.reg;
    }

    private static int rm(Instruction insn) {
        return insn.registerForm ? 1 << insn.rm : 0;
    }

    private static int ofOneByte(Instruction insn) {
        int opcode = insn.opcode;
        int extension = insn.reg & 7;
        if (opcode < 0x40) {
            boolean compares = opcode >= 0x38;
            int written = (opcode & 7) < 2 ? rm(insn) : (opcode & 7) < 4 ? reg(insn) : RAX;
            return compares ? 0 : written;
        }
        return switch (opcode) {
            case 0x63, 0x69, 0x6b, 0x8a, 0x8b, 0x8d -> reg(insn);
            case 0x80, 0x81, 0x83 -> extension == 7 ? 0 : rm(insn);
            case 0x86, 0x87 -> reg(insn) | rm(insn);
            case 0x88, 0x89, 0x8c, 0x8f, 0xc0, 0xc1, 0xc6, 0xc7, 0xd0, 0xd1, 0xd2, 0xd3, 0xfe -> rm(insn);
            case 0x90, 0x91, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97 -> insn.isNop() ? 0 : RAX | (1 << insn.rm);
            case 0x98, 0x9f, 0xa0, 0xa1, 0xd7 -> RAX;
            case 0x99 -> RDX;
            case 0xa4, 0xa5, 0xa6, 0xa7 -> RSI | RDI | RCX;
            case 0xaa, 0xab, 0xae, 0xaf -> RDI | RCX;
            case 0xac, 0xad -> RSI | RAX | RCX;
            case 0xdf -> RAX;
            case 0xf6, 0xf7 -> extension < 2 ? 0 : extension < 4 ? rm(insn) : RAX | RDX;
            case 0xff -> extension < 2 ? rm(insn) : 0;
            default -> opcode >= 0xb0 && opcode <= 0xbf ? 1 << insn.rm : 0;
        };
    }

    private static int ofTwoBytes(Instruction insn) {
        int opcode = insn.opcode;
        if (opcode >= 0x40 && opcode <= 0x4f) {
            return reg(insn);
        }
        if (opcode >= 0x90 && opcode <= 0x9f) {
            return rm(insn);
        }
        if (opcode >= 0xc8 && opcode <= 0xcf) {
            return 1 << insn.rm;
        }
        return switch (opcode) {
            case 0x01 -> RAX | RCX | RDX;
            case 0x05 -> RAX | RCX | (1 << 11);
            case 0x2c, 0x2d, 0x50, 0xaf, 0xb6, 0xb7, 0xb8, 0xbc, 0xbd, 0xbe, 0xbf, 0xc5, 0xd7 -> reg(insn);
            case 0x31 -> RAX | RDX;
            case 0xa2 -> RAX | RBX | RCX | RDX;
            case 0x7e -> insn.prefix == Instruction.PREFIX_F3 ? 0 : rm(insn);
            case 0xa4, 0xa5, 0xab, 0xac, 0xad, 0xb3, 0xba, 0xbb -> rm(insn);
            case 0xae -> insn.prefix == Instruction.PREFIX_F3 ? rm(insn) : 0;
            case 0xb0, 0xb1 -> rm(insn) | RAX;
            case 0xc0, 0xc1 -> rm(insn) | reg(insn);
            case 0xc7 -> rm(insn) | RAX | RDX;
            default -> 0;
        };
    }

    /** Opcodes behind 0f 3a; VEX and EVEX have the same. */
    private static int ofExtraction(Instruction insn) {
        return switch (insn.opcode) {
            case 0x14, 0x15, 0x16, 0x17 -> rm(insn);
            case 0x61, 0x63 -> RCX;
            default -> 0;
        };
    }

    private static int ofVector(Instruction insn) {
        boolean vex = insn.encoding == Encoding.VEX;
        return switch (insn.map) {
            case 1, 5 ->
                switch (insn.opcode) {
                    case 0x2c, 0x2d, 0x50, 0x78, 0x79, 0xc5, 0xd7 -> reg(insn);
                    case 0x93 -> vex ? reg(insn) : 0;
                    case 0x7e -> insn.prefix == Instruction.PREFIX_F3 ? 0 : rm(insn);
                    default -> 0;
                };
            case 2 -> vex ? ofGeneralVex(insn) : 0;
            case 3 -> insn.opcode == 0xf0 && vex ? reg(insn) : ofExtraction(insn);
            default -> 0;
        };
    }

    /** The bit manipulations of BMI1 and BMI2. */
    private static int ofGeneralVex(Instruction insn) {
        return switch (insn.opcode) {
            case 0xf2, 0xf5, 0xf7 -> reg(insn);
            case 0xf3 -> 1 << insn.vector;
            case 0xf6 -> reg(insn) | (1 << insn.vector);
            default -> 0;
        };
    }
}
