package dev.sonde.symbolizer.demangle.rust;

/** {@code _ZN <length><identifier> ... 17h<16 hexadecimal digits> E}, with escapes for what identifiers cannot hold. */
final class LegacyName {

    private static final String HASH_LENGTH = "17h";
    private static final int HASH_DIGITS = 16;

    private final String text;
    private int at = "_ZN".length();
    private final StringBuilder path = new StringBuilder();

    private LegacyName(String text) {
        this.text = text;
    }

    static String demangle(String text) throws NotUnderstoodException {
        return new LegacyName(text).path();
    }

    private String path() throws NotUnderstoodException {
        while (!atHash()) {
            if (!path.isEmpty()) {
                path.append("::");
            }
            unescape(identifier());
        }
        if (path.isEmpty()) {
            throw new NotUnderstoodException();
        }
        int end = at + HASH_LENGTH.length() + HASH_DIGITS + 1;
        return path + RustSuffix.text(text.substring(end));
    }

    /** Whether only the hash is left, which tells a Rust name from one of C++. */
    private boolean atHash() {
        int end = at + HASH_LENGTH.length() + HASH_DIGITS;
        if (!text.startsWith(HASH_LENGTH, at) || end >= text.length() || text.charAt(end) != 'E') {
            return false;
        }
        for (int i = at + HASH_LENGTH.length(); i < end; i++) {
            if (!isHexDigit(text.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private String identifier() throws NotUnderstoodException {
        int length = 0;
        int from = at;
        while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9' && length < text.length()) {
            length = length * 10 + (text.charAt(at++) - '0');
        }
        if (at == from || length == 0 || length > text.length() - at) {
            throw new NotUnderstoodException();
        }
        at += length;
        return text.substring(at - length, at);
    }

    /** Appends an identifier; from an escape that is not known on, as it stands. */
    private void unescape(String identifier) {
        // The underscore only keeps the dollar sign off the start.
        int i = identifier.startsWith("_$") ? 1 : 0;
        while (i < identifier.length()) {
            char c = identifier.charAt(i);
            if (c == '.' && identifier.startsWith("..", i)) {
                path.append("::");
                i += 2;
            } else if (c == '$') {
                int end = identifier.indexOf('$', i + 1);
                String plain = end < 0 ? null : unescaped(identifier.substring(i + 1, end));
                if (plain == null) {
                    path.append(identifier, i, identifier.length());
                    return;
                }
                path.append(plain);
                i = end + 1;
            } else {
                path.append(c);
                i++;
            }
        }
    }

    private static String unescaped(String escape) {
        return switch (escape) {
            case "SP" -> "@";
            case "BP" -> "*";
            case "RF" -> "&";
            case "LT" -> "<";
            case "GT" -> ">";
            case "LP" -> "(";
            case "RP" -> ")";
            case "C" -> ",";
            default -> character(escape);
        };
    }

    /** {@code u7e} is the character 0x7e; null where it is none that can be shown. */
    private static String character(String escape) {
        if (!escape.startsWith("u") || escape.length() < 2 || escape.length() > 7) {
            return null;
        }
        int value = 0;
        for (int i = 1; i < escape.length(); i++) {
            if (!isHexDigit(escape.charAt(i))) {
                return null;
            }
            value = value << 4 | Character.digit(escape.charAt(i), 16);
        }
        boolean shown = Character.isValidCodePoint(value)
                && !Character.isISOControl(value)
                && (value < Character.MIN_SURROGATE || value > Character.MAX_SURROGATE);
        return shown ? Character.toString(value) : null;
    }

    private static boolean isHexDigit(char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    }
}
