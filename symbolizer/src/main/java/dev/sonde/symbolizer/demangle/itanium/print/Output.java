package dev.sonde.symbolizer.demangle.itanium.print;

import dev.sonde.symbolizer.demangle.itanium.tree.NotUnderstoodException;

/** The text being written, and the bounds on the writing. */
final class Output {

    /**
     * Longest name that is shown. Substitutions let 100 characters stand for gigabytes; the longest name in LLVM, node
     * and libjvm has 8,358.
     */
    private static final int MAX_LENGTH = 16 * 1024;

    /** Parts visited. Empty packs are visited without writing anything, so the length alone does not bound the work. */
    private static final int MAX_VISITS = 1 << 18;

    /** Nesting of parts, which substitutions can make deeper than the text; each level takes three Java frames. */
    private static final int MAX_DEPTH = 400;

    private final StringBuilder text = new StringBuilder();
    private int visits;
    private int depth;

    Output add(String part) throws NotUnderstoodException {
        if (part.length() > MAX_LENGTH - text.length()) {
            throw new NotUnderstoodException();
        }
        text.append(part);
        return this;
    }

    int length() {
        return text.length();
    }

    /** Takes back what was written since the text was this long. */
    void cutTo(int length) {
        text.setLength(length);
    }

    /** The last character, or 0. */
    char last() {
        return text.isEmpty() ? 0 : text.charAt(text.length() - 1);
    }

    void enter() throws NotUnderstoodException {
        if (++depth > MAX_DEPTH || ++visits > MAX_VISITS) {
            throw new NotUnderstoodException();
        }
    }

    void leave() {
        depth--;
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
