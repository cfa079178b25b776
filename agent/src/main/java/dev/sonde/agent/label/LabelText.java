package dev.sonde.agent.label;

import dev.sonde.model.Labels;

/** Makes text of unknown origin fit to be a label's value. */
public final class LabelText {

    private LabelText() {}

    /** The text up to {@link Labels#MAX_VALUE_BYTES} bytes of UTF-8, control characters replaced. */
    public static String value(String text) {
        return bounded(printable(text), Labels.MAX_VALUE_BYTES);
    }

    /** Control characters and unpaired surrogates, which UTF-8 cannot carry, become U+FFFD. */
    public static String printable(String text) {
        StringBuilder clean = null;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
            } else if (Character.isISOControl(c) || Character.isSurrogate(c)) {
                clean = clean == null ? new StringBuilder(text) : clean;
                clean.setCharAt(i, '\ufffd');
            }
        }
        return clean == null ? text : clean.toString();
    }

    /** The longest beginning whose UTF-8 form has at most {@code maxBytes}; no character is cut in two. */
    static String bounded(String text, int maxBytes) {
        int bytes = 0;
        for (int i = 0; i < text.length(); ) {
            int codePoint = text.codePointAt(i);
            bytes += codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
            if (bytes > maxBytes) {
                return text.substring(0, i);
            }
            i += Character.charCount(codePoint);
        }
        return text;
    }
}
