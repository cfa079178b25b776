package dev.sonde.symbolizer.demangle.itanium.print;

import dev.sonde.symbolizer.demangle.itanium.tree.NotUnderstoodException;

/** What compilers append to the name of a function's copy: {@code .part.0.cold}. Written as binutils does. */
final class CloneSuffix {

    private CloneSuffix() {}

    /** Writes {@code " [clone .part.0] [clone .cold]"}: a word with the numbers behind it is one clone. */
    static void print(String suffix, Output out) throws NotUnderstoodException {
        int at = 0;
        while (at < suffix.length()) {
            int end = endOfClone(suffix, at);
            out.add(" [clone ").add(suffix.substring(at, end)).add("]");
            at = end;
        }
    }

    private static int endOfClone(String suffix, int start) throws NotUnderstoodException {
        int at = start + 1;
        boolean letters = at < suffix.length() && isWordChar(suffix.charAt(at));
        boolean number = at < suffix.length() && isDigit(suffix.charAt(at));
        if (suffix.charAt(start) != '.' || (!letters && !number)) {
            throw new NotUnderstoodException();
        }
        if (letters) {
            while (at < suffix.length() && isWordChar(suffix.charAt(at))) {
                at++;
            }
        } else {
            at = start;
        }
        while (at + 1 < suffix.length() && suffix.charAt(at) == '.' && isDigit(suffix.charAt(at + 1))) {
            at += 2;
            while (at < suffix.length() && isDigit(suffix.charAt(at))) {
                at++;
            }
        }
        return at;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static boolean isWordChar(char c) {
        return (c >= 'a' && c <= 'z') || c == '_';
    }
}
