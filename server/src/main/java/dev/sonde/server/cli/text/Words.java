package dev.sonde.server.cli.text;

/** Text on its way to a terminal. */
public final class Words {

    private Words() {}

    /** A text without control characters: names come from profiles of anybody, and a terminal obeys some of them. */
    public static String clean(String text) {
        StringBuilder clean = new StringBuilder(text.length());
        text.codePoints()
                .forEach(c -> clean.appendCodePoint(
                        Character.isISOControl(c) || Character.getType(c) == Character.FORMAT ? '?' : c));
        return clean.toString();
    }

    /** A share as percent: {@code 12.34%}. */
    static String percent(long part, long whole) {
        return String.format(java.util.Locale.ROOT, "%.2f%%", whole == 0 ? 0 : 100.0 * part / whole);
    }
}
