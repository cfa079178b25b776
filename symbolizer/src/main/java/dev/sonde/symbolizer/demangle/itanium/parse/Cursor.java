package dev.sonde.symbolizer.demangle.itanium.parse;

import dev.sonde.symbolizer.demangle.itanium.tree.NotUnderstoodException;

/** The mangled text, the place reached in it, and how deep the parser stands. */
final class Cursor {

    /** Nesting of names, types and expressions; what compilers emit stays below 60. Keeps the Java stack small. */
    private static final int MAX_DEPTH = 256;

    /** Larger indices and lengths than any text that is read has characters. */
    private static final int MAX_NUMBER = 1 << 24;

    private final String text;
    private int at;
    private int depth;

    Cursor(String text, int from) {
        this.text = text;
        this.at = from;
    }

    /** The next character, or 0 at the end. */
    char peek() {
        return peek(0);
    }

    /** The character {@code ahead} places on, or 0 past the end. */
    char peek(int ahead) {
        return at + ahead < text.length() ? text.charAt(at + ahead) : 0;
    }

    boolean atEnd() {
        return at >= text.length();
    }

    boolean atDigit() {
        return isDigit(peek());
    }

    /** Whether digits and nothing else follow up to the end. */
    boolean onlyDigitsLeft() {
        int end = at;
        while (end < text.length() && isDigit(text.charAt(end))) {
            end++;
        }
        return end > at && end == text.length();
    }

    char next() throws NotUnderstoodException {
        if (atEnd()) {
            throw new NotUnderstoodException();
        }
        return text.charAt(at++);
    }

    /** Steps over a character if it is the next. */
    boolean take(char c) {
        if (peek() == c && !atEnd()) {
            at++;
            return true;
        }
        return false;
    }

    /** Steps over a word if it is next. */
    boolean take(String word) {
        if (text.startsWith(word, at)) {
            at += word.length();
            return true;
        }
        return false;
    }

    void expect(char c) throws NotUnderstoodException {
        if (!take(c)) {
            throw new NotUnderstoodException();
        }
    }

    void skip(int count) {
        at += count;
    }

    /** The next {@code length} characters. */
    String text(int length) throws NotUnderstoodException {
        if (length > text.length() - at) {
            throw new NotUnderstoodException();
        }
        String part = text.substring(at, at + length);
        at += length;
        return part;
    }

    /** What is left. */
    String rest() {
        return text.substring(at);
    }

    /** Decimal digits as they stand, empty where there are none; a leading {@code n} means minus, where allowed. */
    String digits(boolean signed) {
        int from = at;
        if (signed && peek() == 'n') {
            at++;
        }
        while (atDigit()) {
            at++;
        }
        return text.substring(from, at);
    }

    /** A decimal number that must be there. */
    int number() throws NotUnderstoodException {
        if (!atDigit()) {
            throw new NotUnderstoodException();
        }
        int value = 0;
        while (atDigit()) {
            value = value * 10 + (text.charAt(at++) - '0');
            if (value > MAX_NUMBER) {
                throw new NotUnderstoodException();
            }
        }
        return value;
    }

    /** A {@code <seq-id>}: base 36 of digits and capitals, ended by an underscore, which is stepped over. */
    int sequenceNumber() throws NotUnderstoodException {
        int value = 0;
        while (!take('_')) {
            char c = next();
            int digit = isDigit(c) ? c - '0' : c - 'A' + 10;
            if (digit < 0 || digit >= 36 || (c > '9' && c < 'A') || value > MAX_NUMBER) {
                throw new NotUnderstoodException();
            }
            value = value * 36 + digit;
        }
        return value;
    }

    void enter() throws NotUnderstoodException {
        if (++depth > MAX_DEPTH) {
            throw new NotUnderstoodException();
        }
    }

    void leave() {
        depth--;
    }

    static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
