package dev.sonde.symbolizer.demangle.rust;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** {@code <const>}: the values of const generics. */
final class V0Constants {

    private static final int LONG_DIGITS = 16;

    private final V0Name name;

    V0Constants(V0Name name) {
        this.name = name;
    }

    /**
     * A constant.
     *
     * @param inValue whether it stands inside another; at the outside an expression takes braces
     */
    void constant(boolean inValue) throws NotUnderstoodException {
        name.out.enter();
        char tag = name.in.next();
        switch (tag) {
            case 'B' -> name.backReference(() -> constant(inValue));
            case 'p' -> name.out.add("_");
            case 'h', 't', 'm', 'y', 'o', 'j' -> integer();
            case 'a', 's', 'l', 'x', 'n', 'i' -> {
                name.out.add(name.in.take('n') ? "-" : "");
                integer();
            }
            case 'b' -> bool();
            case 'c' -> character();
            case 'R' -> {
                if (name.in.take('e')) {
                    string();
                } else {
                    braced(inValue, () -> {
                        name.out.add("&");
                        constant(true);
                    });
                }
            }
            default -> braced(inValue, () -> expression(tag));
        }
        name.out.leave();
    }

    private void braced(boolean inValue, V0Name.Rule rule) throws NotUnderstoodException {
        name.out.add(inValue ? "" : "{");
        rule.apply();
        name.out.add(inValue ? "" : "}");
    }

    private void expression(char tag) throws NotUnderstoodException {
        V0Output out = name.out;
        switch (tag) {
            case 'e' -> {
                // A str, which has no literal of its own: a reference's target.
                out.add("*");
                string();
            }
            case 'Q' -> {
                out.add("&mut ");
                constant(true);
            }
            case 'A' -> {
                out.add("[");
                name.list(", ", () -> constant(true));
                out.add("]");
            }
            case 'T' -> {
                out.add("(");
                int count = name.list(", ", () -> constant(true));
                out.add(count == 1 ? ",)" : ")");
            }
            case 'V' -> {
                name.paths.path(true);
                fields();
            }
            default -> throw new NotUnderstoodException();
        }
    }

    private void fields() throws NotUnderstoodException {
        V0Output out = name.out;
        switch (name.in.next()) {
            case 'U' -> {}
            case 'T' -> {
                out.add("(");
                name.list(", ", () -> constant(true));
                out.add(")");
            }
            case 'S' -> {
                out.add(" { ");
                name.list(", ", () -> {
                    name.in.taggedBase62('s');
                    out.add(name.in.identifier()).add(": ");
                    constant(true);
                });
                out.add(" }");
            }
            default -> throw new NotUnderstoodException();
        }
    }

    /** Decimal up to 64 bits, hexadecimal beyond. */
    private void integer() throws NotUnderstoodException {
        String digits = name.in.hexDigits();
        int zeros = 0;
        while (zeros < digits.length() && digits.charAt(zeros) == '0') {
            zeros++;
        }
        String significant = digits.substring(zeros);
        if (significant.length() > LONG_DIGITS) {
            name.out.add("0x").add(significant);
        } else {
            long value = significant.isEmpty() ? 0 : Long.parseUnsignedLong(significant, 16);
            name.out.add(Long.toUnsignedString(value));
        }
    }

    private void bool() throws NotUnderstoodException {
        String digits = name.in.hexDigits();
        switch (digits) {
            case "0" -> name.out.add("false");
            case "1" -> name.out.add("true");
            default -> throw new NotUnderstoodException();
        }
    }

    private void character() throws NotUnderstoodException {
        String digits = name.in.hexDigits();
        if (digits.isEmpty() || digits.length() > 6) {
            throw new NotUnderstoodException();
        }
        int value = Integer.parseInt(digits, 16);
        if (!Character.isValidCodePoint(value)
                || (value >= Character.MIN_SURROGATE && value <= Character.MAX_SURROGATE)) {
            throw new NotUnderstoodException();
        }
        name.out.add("'").add(escaped(value, '\'')).add("'");
    }

    private void string() throws NotUnderstoodException {
        String digits = name.in.hexDigits();
        if (digits.length() % 2 != 0) {
            throw new NotUnderstoodException();
        }
        byte[] utf8 = HexFormat.of().parseHex(digits);
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(utf8))
                    .toString();
            name.out.add("\"");
            for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
                name.out.add(escaped(text.codePointAt(i), '"'));
            }
            name.out.add("\"");
        } catch (CharacterCodingException e) {
            throw new NotUnderstoodException();
        }
    }

    /** As Rust's Debug writes it. */
    private static String escaped(int c, char quote) {
        return switch (c) {
            case 0 -> "\\0";
            case '\t' -> "\\t";
            case '\r' -> "\\r";
            case '\n' -> "\\n";
            case '\\' -> "\\\\";
            default -> {
                if (c == quote) {
                    yield "\\" + quote;
                }
                yield Character.isISOControl(c) ? "\\u{" + Integer.toHexString(c) + "}" : Character.toString(c);
            }
        };
    }
}
