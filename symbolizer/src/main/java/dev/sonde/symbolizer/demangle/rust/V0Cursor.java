package dev.sonde.symbolizer.demangle.rust;

/** The mangled text behind {@code _R}, the place reached in it, and its numbers and identifiers. */
final class V0Cursor {

    private static final long MAX_BEFORE_DIGIT = Long.divideUnsigned(-1, 62) - 1;

    private final String text;
    private int at;

    V0Cursor(String text) {
        this.text = text;
    }

    int position() {
        return at;
    }

    void moveTo(int position) {
        at = position;
    }

    char peek() {
        return at < text.length() ? text.charAt(at) : 0;
    }

    char next() throws NotUnderstoodException {
        if (at >= text.length()) {
            throw new NotUnderstoodException();
        }
        return text.charAt(at++);
    }

    boolean take(char c) {
        if (at < text.length() && text.charAt(at) == c) {
            at++;
            return true;
        }
        return false;
    }

    String rest() {
        return text.substring(at);
    }

    /** {@code <base-62-number>}: {@code _} is 0, {@code 0_} is 1. Unsigned, for the hashes of crates fill 64 bits. */
    long base62() throws NotUnderstoodException {
        if (take('_')) {
            return 0;
        }
        long value = 0;
        while (!take('_')) {
            if (Long.compareUnsigned(value, MAX_BEFORE_DIGIT) > 0) {
                throw new NotUnderstoodException();
            }
            value = value * 62 + digit62(next());
        }
        return value + 1;
    }

    /** A base-62 number that counts or points at something, and so is small. */
    int smallBase62() throws NotUnderstoodException {
        long value = base62();
        if (value < 0 || value > text.length()) {
            throw new NotUnderstoodException();
        }
        return (int) value;
    }

    /** A number behind a tag: 0 where the tag is missing, else one more than the number. */
    long taggedBase62(char tag) throws NotUnderstoodException {
        return take(tag) ? base62() + 1 : 0;
    }

    private static int digit62(char c) throws NotUnderstoodException {
        if (c >= '0' && c <= '9') {
            return c - '0';
        }
        if (c >= 'a' && c <= 'z') {
            return c - 'a' + 10;
        }
        if (c >= 'A' && c <= 'Z') {
            return c - 'A' + 36;
        }
        throw new NotUnderstoodException();
    }

    /** {@code <undisambiguated-identifier>}, decoded. */
    String identifier() throws NotUnderstoodException {
        boolean punycode = take('u');
        int length = length();
        take('_');
        if (length > text.length() - at) {
            throw new NotUnderstoodException();
        }
        at += length;
        String bytes = text.substring(at - length, at);
        return punycode ? Punycode.decode(bytes) : bytes;
    }

    private int length() throws NotUnderstoodException {
        char first = next();
        if (first < '0' || first > '9') {
            throw new NotUnderstoodException();
        }
        int length = first - '0';
        while (length != 0 && peek() >= '0' && peek() <= '9') {
            length = length * 10 + (next() - '0');
            if (length > text.length()) {
                throw new NotUnderstoodException();
            }
        }
        return length;
    }

    /** Hexadecimal digits up to an underscore, which is stepped over. */
    String hexDigits() throws NotUnderstoodException {
        int from = at;
        while ((peek() >= '0' && peek() <= '9') || (peek() >= 'a' && peek() <= 'f')) {
            at++;
        }
        String digits = text.substring(from, at);
        if (!take('_')) {
            throw new NotUnderstoodException();
        }
        return digits;
    }
}
