package dev.sonde.model;

import java.util.ArrayList;
import java.util.List;

/**
 * Reads {@code type[.sampleType][{name op "value", ...}]}. Values stand in double quotes with the escapes
 * {@code \\ \" \n}; white space is free between tokens.
 */
final class SelectorParser {

    private final String text;
    private int position;

    SelectorParser(String text) {
        this.text = text;
    }

    Selector parse() throws SelectorException {
        if (text.length() > Selector.MAX_LENGTH) {
            throw new SelectorException(
                    Selector.MAX_LENGTH + 1,
                    text.length() + " characters (expected: at most " + Selector.MAX_LENGTH + ")");
        }
        skipSpace();
        String type = word("a profile type such as cpu");
        String sampleType = "";
        if (peek() == '.') {
            position++;
            sampleType = word("a sample type after the dot");
        }
        skipSpace();
        List<Matcher> matchers = peek() == '{' ? matchers() : List.of();
        skipSpace();
        if (position < text.length()) {
            throw expected(matchers.isEmpty() ? "'{' or the end" : "the end");
        }
        return new Selector(type, sampleType, matchers);
    }

    private List<Matcher> matchers() throws SelectorException {
        List<Matcher> matchers = new ArrayList<>();
        position++;
        skipSpace();
        while (peek() != '}') {
            if (matchers.size() == Selector.MAX_MATCHERS) {
                throw new SelectorException(
                        position + 1, "more than " + Selector.MAX_MATCHERS + " matchers (expected: at most that)");
            }
            matchers.add(matcher());
            skipSpace();
            if (peek() == ',') {
                position++;
                skipSpace();
            } else if (peek() != '}') {
                throw expected("',' or '}'");
            }
        }
        position++;
        return matchers;
    }

    private Matcher matcher() throws SelectorException {
        String name = word("a label name or '}'");
        skipSpace();
        Matcher.Operator operator = operator();
        skipSpace();
        int valueColumn = position + 1;
        String value = quoted();
        try {
            return new Matcher(name, operator, value);
        } catch (IllegalArgumentException e) {
            throw new SelectorException(valueColumn, e.getMessage());
        }
    }

    private Matcher.Operator operator() throws SelectorException {
        // The two-character operators first: '=' is the beginning of '=~'.
        for (Matcher.Operator operator : new Matcher.Operator[] {
            Matcher.Operator.MATCHES, Matcher.Operator.NOT_MATCHES, Matcher.Operator.NOT_EQUAL, Matcher.Operator.EQUAL
        }) {
            if (text.startsWith(operator.symbol(), position)) {
                position += operator.symbol().length();
                return operator;
            }
        }
        throw expected("one of = != =~ !~");
    }

    private String quoted() throws SelectorException {
        if (peek() != '"') {
            throw expected("a value in double quotes");
        }
        position++;
        StringBuilder value = new StringBuilder();
        while (peek() != '"') {
            if (position >= text.length()) {
                throw expected("a closing double quote");
            }
            char c = text.charAt(position);
            value.append(c == '\\' ? escape() : c);
            position++;
        }
        position++;
        return value.toString();
    }

    private char escape() throws SelectorException {
        position++;
        return switch (peek()) {
            case '\\' -> '\\';
            case '"' -> '"';
            case 'n' -> '\n';
            default -> throw expected("one of \\ \" n after a backslash");
        };
    }

    private String word(String what) throws SelectorException {
        int start = position;
        while (position < text.length() && isWord(text.charAt(position), position == start)) {
            position++;
        }
        if (position == start) {
            throw expected(what);
        }
        return text.substring(start, position);
    }

    private static boolean isWord(char c, boolean first) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (!first && c >= '0' && c <= '9');
    }

    private void skipSpace() {
        while (position < text.length() && Character.isWhitespace(text.charAt(position))) {
            position++;
        }
    }

    /** The character at the position, or NUL at the end. */
    private char peek() {
        return position < text.length() ? text.charAt(position) : '\0';
    }

    private SelectorException expected(String what) {
        String found = position < text.length() ? "'" + text.charAt(position) + "'" : "the end";
        return new SelectorException(position + 1, "found " + found + " (expected: " + what + ")");
    }
}
