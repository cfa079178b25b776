package dev.sonde.agent.jvm.decode.flow;

import dev.sonde.agent.jvm.decode.flow.Instruction.Encoding;

/** Reads one instruction after another from a piece of x86-64 code. One thread at a time. */
public final class InstructionDecoder {

    /** Longer ones are invalid (Intel SDM volume 2, section 2.3.11). */
    private static final int MAX_BYTES = 15;

    private final byte[] code;
    private Instruction out;
    private int start;
    private int at;
    private int limit;
    private boolean failed;
    private int rex;
    private boolean locked;

    /** @param code left alone by the caller from now on */
    public InstructionDecoder(byte[] code) {
        this.code = code;
    }

    /** Decodes the one at an offset; false where there is none, or it ends behind the code. */
    public boolean decode(int offset, Instruction into) {
        out = into;
        start = offset;
        at = offset;
        limit = Math.min(code.length, offset + MAX_BYTES);
        failed = offset < 0 || offset >= code.length;
        rex = 0;
        locked = false;
        clear();
        if (!failed) {
            instruction(prefixes());
        }
        out.length = at - start;
        return !failed;
    }

    private void clear() {
        out.encoding = Encoding.LEGACY;
        out.map = 0;
        out.opcode = 0;
        out.prefix = Instruction.PREFIX_NONE;
        out.wide = false;
        out.narrow = false;
        out.vectorBits = 128;
        out.vector = 0;
        out.hasModrm = false;
        out.registerForm = false;
        out.reg = 0;
        out.rm = 0;
        out.base = Instruction.NO_REGISTER;
        out.index = Instruction.NO_REGISTER;
        out.scale = 1;
        out.displacement = 0;
        out.immediate = 0;
    }

    private int next() {
        if (at >= limit) {
            failed = true;
            return 0;
        }
        return code[at++] & 0xff;
    }

    /** Reads them and returns the byte behind them. */
    private int prefixes() {
        while (!failed) {
            int octet = next();
            switch (octet) {
                case 0x66 -> out.narrow = true;
                case 0xf2 -> out.prefix = Instruction.PREFIX_F2;
                case 0xf3 -> out.prefix = Instruction.PREFIX_F3;
                case 0xf0 -> locked = true;
                case 0x67, 0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65 -> {}
                default -> {
                    if ((octet & 0xf0) != 0x40) {
                        return octet;
                    }
                    rex = octet;
                    octet = next();
                    // A prefix behind it would void it, which assemblers do not write.
                    failed |= (octet & 0xf0) == 0x40 || (OpcodeMaps.legacy(0, octet) == 'p' && octet != 0x0f);
                    return octet;
                }
            }
        }
        return 0;
    }

    private void instruction(int octet) {
        boolean prefixed = out.narrow || locked || rex != 0 || out.prefix != Instruction.PREFIX_NONE;
        if (octet == 0x62 || octet == 0xc4 || octet == 0xc5) {
            failed |= prefixed;
            vectorPrefix(octet);
            return;
        }
        if (out.prefix == Instruction.PREFIX_NONE && out.narrow) {
            out.prefix = Instruction.PREFIX_66;
        }
        out.wide = (rex & 8) != 0;
        out.opcode = octet;
        if (octet == 0x0f) {
            out.map = 1;
            out.opcode = next();
            if (out.opcode == 0x38 || out.opcode == 0x3a) {
                out.map = out.opcode == 0x38 ? 2 : 3;
                out.opcode = next();
            }
        }
        if (out.map == 0 && (octet & 0xf8) >= 0x50 && (octet & 0xf8) <= 0xb8) {
            out.rm = (octet & 7) | ((rex & 1) << 3);
        }
        operands(OpcodeMaps.legacy(out.map, out.opcode), (rex & 4) << 1, (rex & 2) << 2, (rex & 1) << 3);
    }

    /** VEX and EVEX: their bits are inverted (Intel SDM volume 2, sections 2.3.5 and 2.7.1). */
    private void vectorPrefix(int octet) {
        int first = next();
        int second = octet == 0xc5 ? first : next();
        int third = octet == 0x62 ? next() : 0;
        out.encoding = octet == 0x62 ? Encoding.EVEX : Encoding.VEX;
        out.map = octet == 0xc5 ? 1 : octet == 0xc4 ? first & 0x1f : first & 7;
        // EVEX has two bits that are fixed as long as there are sixteen general registers.
        failed |= octet == 0x62 && ((first & 8) != 0 || (second & 4) == 0);
        out.wide = octet != 0xc5 && (second & 0x80) != 0;
        out.vector = (~second >> 3) & 0xf;
        out.prefix = second & 3;
        out.vectorBits = octet == 0x62 ? 128 << Math.min((third >> 5) & 3, 2) : 128 << ((second >> 2) & 1);
        out.opcode = next();
        int inverted = ~first;
        int regHigh = (inverted >> 4) & 8;
        int indexHigh = octet == 0xc5 ? 0 : (inverted >> 3) & 8;
        int rmHigh = octet == 0xc5 ? 0 : (inverted >> 2) & 8;
        operands(OpcodeMaps.vector(out.map, out.opcode), regHigh, indexHigh, rmHigh);
    }

    private void operands(char letter, int regHigh, int indexHigh, int rmHigh) {
        if (letter == OpcodeMaps.INVALID || letter == OpcodeMaps.PREFIX) {
            failed = true;
            return;
        }
        if (OpcodeMaps.hasModrm(letter)) {
            modrm(regHigh, indexHigh, rmHigh);
        }
        out.immediate = immediate(letter);
        failed |= isUndefined();
    }

    private void modrm(int regHigh, int indexHigh, int rmHigh) {
        int octet = next();
        int mod = octet >> 6;
        out.hasModrm = true;
        out.reg = ((octet >> 3) & 7) | regHigh;
        out.rm = (octet & 7) | rmHigh;
        out.registerForm = mod == 3;
        if (mod == 3) {
            return;
        }
        out.base = out.rm;
        if ((octet & 7) == 4) {
            int sib = next();
            out.base = (sib & 7) | rmHigh;
            int index = ((sib >> 3) & 7) | indexHigh;
            out.index = index == 4 ? Instruction.NO_REGISTER : index;
            out.scale = 1 << (sib >> 6);
            if ((sib & 7) == 5 && mod == 0) {
                out.base = Instruction.NO_REGISTER;
                out.displacement = (int) signed(4);
            }
        } else if (mod == 0 && (octet & 7) == 5) {
            out.base = Instruction.RIP;
            out.displacement = (int) signed(4);
        }
        if (mod == 1) {
            out.displacement = (int) signed(1);
        } else if (mod == 2) {
            out.displacement = (int) signed(4);
        }
    }

    private long immediate(char letter) {
        int full = out.narrow && !out.wide ? 2 : 4;
        return switch (letter) {
            case 'b', 'M' -> signed(1);
            case 'z', 'Z' -> signed(full);
            case 'j' -> signed(4);
            case 'w' -> signed(2);
            case 'e' -> signed(3);
            case 'o' -> signed(8);
            case 'v' -> signed(out.wide ? 8 : full);
            case 'g' -> (out.reg & 7) < 2 ? signed(1) : 0;
            case 'G' -> (out.reg & 7) < 2 ? signed(full) : 0;
            default -> 0;
        };
    }

    private long signed(int bytes) {
        long value = 0;
        for (int i = 0; i < bytes; i++) {
            value |= (long) next() << (8 * i);
        }
        int unused = Long.SIZE - 8 * bytes;
        return (value << unused) >> unused;
    }

    /** Opcodes whose ModRM byte decides whether they exist; jumps whose length processors do not agree on. */
    private boolean isUndefined() {
        if (out.encoding != Encoding.LEGACY) {
            return false;
        }
        int extension = out.reg & 7;
        if (out.map == 1) {
            return (out.opcode == 0xba && extension < 4) || (out.narrow && out.opcode >> 4 == 8);
        }
        return out.map == 0
                && switch (out.opcode) {
                    case 0x8d -> out.registerForm;
                    case 0x8f, 0xc6, 0xc7 -> extension != 0;
                    case 0xe8, 0xe9 -> out.narrow;
                    case 0xfe -> extension > 1;
                    // Far calls and jumps.
                    case 0xff -> extension == 3 || extension == 5 || extension == 7;
                    default -> false;
                };
    }
}
