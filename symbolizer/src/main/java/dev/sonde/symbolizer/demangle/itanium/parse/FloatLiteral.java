package dev.sonde.symbolizer.demangle.itanium.parse;

import dev.sonde.symbolizer.demangle.itanium.tree.NotUnderstoodException;

/** Floating-point literals: the bytes in hexadecimal, high byte first (5.1.6), printed as C's {@code %a} does. */
final class FloatLiteral {

    private static final int FLOAT_DIGITS = 8;
    private static final int DOUBLE_DIGITS = 16;
    /** The 80-bit format of x86. */
    private static final int LONG_DOUBLE_DIGITS = 20;

    private static final int LONG_DOUBLE_BIAS = 16383;

    private FloatLiteral() {}

    static String text(char type, Cursor in) throws NotUnderstoodException {
        return switch (type) {
            case 'f' -> asInC(Float.toHexString(Float.intBitsToFloat((int) bits(in, FLOAT_DIGITS)))) + "f";
            case 'd' -> asInC(Double.toHexString(Double.longBitsToDouble(bits(in, DOUBLE_DIGITS))));
            default -> longDouble(in) + "L";
        };
    }

    private static long bits(Cursor in, int digits) throws NotUnderstoodException {
        long bits = 0;
        for (int i = 0; i < digits; i++) {
            int digit = "0123456789abcdef".indexOf(in.next());
            if (digit < 0) {
                throw new NotUnderstoodException();
            }
            bits = bits << 4 | digit;
        }
        return bits;
    }

    /** Java writes a fraction always and no plus sign: 0x1.0p0 for 0x1p+0. */
    private static String asInC(String java) {
        int exponent = java.indexOf('p');
        if (exponent < 0) {
            return java.replace("Infinity", "inf").replace("NaN", "nan");
        }
        String mantissa = java.substring(0, exponent);
        String power = java.substring(exponent + 1);
        return (mantissa.endsWith(".0") ? mantissa.substring(0, mantissa.length() - 2) : mantissa)
                + "p"
                + (power.startsWith("-") ? power : "+" + power);
    }

    /** The mantissa's 64 bits include its leading one; C prints the first four of them before the point. */
    private static String longDouble(Cursor in) throws NotUnderstoodException {
        long signAndExponent = bits(in, LONG_DOUBLE_DIGITS - DOUBLE_DIGITS);
        long mantissa = bits(in, DOUBLE_DIGITS);
        String sign = signAndExponent >>> 15 == 1 ? "-" : "";
        if (mantissa == 0) {
            return sign + "0x0p+0";
        }
        long exponent = (signAndExponent & 0x7fff) - LONG_DOUBLE_BIAS - 3;
        String hex = Long.toHexString(mantissa);
        String fraction = hex.substring(1).replaceAll("0+$", "");
        return sign + "0x" + hex.charAt(0) + (fraction.isEmpty() ? "" : "." + fraction) + "p"
                + (exponent < 0 ? "" : "+") + exponent;
    }
}
