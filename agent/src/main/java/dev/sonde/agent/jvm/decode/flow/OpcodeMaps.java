package dev.sonde.agent.jvm.decode.flow;

/**
 * What follows the opcodes of x86-64 (Intel SDM volume 2, appendix A), a letter each. What only an operating system may
 * run, or no compiler writes, counts as invalid: code that has it is data.
 *
 * <pre>
 *   .  nothing            b  8 bits             z  32 bits, 16 with prefix 66
 *   m  ModRM              M  ModRM, 8 bits      Z  ModRM, 32 or 16 bits
 *   j  32 bits, a jump    w  16 bits            e  16 and 8 bits
 *   o  an address         v  64, 32 or 16 bits  g  ModRM, 8 bits if it says test
 *   p  a prefix           x  invalid            G  ModRM, 32 or 16 bits if it says test
 * </pre>
 */
final class OpcodeMaps {

    private static final String ONE_BYTE = "mmmmbzxxmmmmbzxp" // 00
            + "mmmmbzxxmmmmbzxx"
            + "mmmmbzpxmmmmbzpx" // 20
            + "mmmmbzpxmmmmbzpx"
            + "pppppppppppppppp" // 40
            + "................"
            + "xxpmppppzZbMxxxx" // 60
            + "bbbbbbbbbbbbbbbb"
            + "MZxMmmmmmmmmmmmm" // 80
            + "..........x....."
            + "oooo....bz......" // a0
            + "bbbbbbbbvvvvvvvv"
            + "MMw.ppMZe.xx.bxx" // c0
            + "mmmmxxx.mmmmmmmm"
            + "bbbbxxxxjjxbxxxx" // e0
            + "pxpp..gG..xx..mm";

    private static final String TWO_BYTES = "xmxxx.xxxxx.xmxx" // 0f 00
            + "mmmmmmmmmmmmmmmm"
            + "xxxxxxxxmmmmmmmm" // 0f 20
            + "x.xxxxxxpxpxxxxx"
            + "mmmmmmmmmmmmmmmm" // 0f 40
            + "mmmmmmmmmmmmmmmm"
            + "mmmmmmmmmmmmmmmm" // 0f 60
            + "MMMMmmm.xxxxmmmm"
            + "jjjjjjjjjjjjjjjj" // 0f 80
            + "mmmmmmmmmmmmmmmm"
            + "xx.mMmxxxxxmMmmm" // 0f a0
            + "mmxmxxmmmxMmmmmm"
            + "mmMmMMMm........" // 0f c0
            + "mmmmmmmmmmmmmmmm"
            + "mmmmmmmmmmmmmmmm" // 0f e0
            + "mmmmmmmmmmmmmmmx";

    private static final String VECTOR = "xxxxxxxxxxxxxxxx" // map 1 of VEX and EVEX
            + "mmmmmmmmxxxxxxxx"
            + "xxxxxxxxmmmmmmmm"
            + "xxxxxxxxxxxxxxxx"
            + "xmmxmmmmxxmmxxxx" // 40
            + "mmmmmmmmmmmmmmmm"
            + "mmmmmmmmmmmmmmmm" // 60
            + "MMMMmmm.mmmmmmmm"
            + "xxxxxxxxxxxxxxxx" // 80
            + "mmmmxxxxmmxxxxxx"
            + "xxxxxxxxxxxxxxmx" // a0
            + "xxxxxxxxxxxxxxxx"
            + "xxMxMMMxxxxxxxxx" // c0
            + "mmmmmmmmmmmmmmmm"
            + "mmmmmmmmmmmmmmmm" // e0
            + "mmmmmmmmmmmmmmmx";

    static final char INVALID = 'x';
    static final char PREFIX = 'p';
    static final char NOTHING = '.';

    private OpcodeMaps() {}

    static char legacy(int map, int opcode) {
        return switch (map) {
            case 0 -> ONE_BYTE.charAt(opcode);
            case 1 -> TWO_BYTES.charAt(opcode);
            case 2 -> 'm';
            default -> 'M';
        };
    }

    /** Of VEX and EVEX; map 4 is that of newer processors' general instructions, which HotSpot does not emit by default. */
    static char vector(int map, int opcode) {
        return switch (map) {
            case 1 -> VECTOR.charAt(opcode);
            case 2, 5, 6 -> 'm';
            case 3 -> 'M';
            default -> INVALID;
        };
    }

    static boolean hasModrm(char letter) {
        return letter == 'm' || letter == 'M' || letter == 'Z' || letter == 'g' || letter == 'G';
    }
}
