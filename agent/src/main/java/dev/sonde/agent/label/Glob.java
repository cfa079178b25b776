package dev.sonde.agent.label;

/**
 * A pattern for a whole text: {@code *} stands for any characters (slashes too), {@code ?} for exactly one, a backslash
 * takes the next character as it is.
 *
 * @param pattern the text of the pattern
 */
public record Glob(String pattern) {

    public Glob {
        if (pattern.isEmpty()) {
            throw new IllegalArgumentException("glob: '' (expected: at least one character; * matches everything)");
        }
        if (endsInEscape(pattern)) {
            throw new IllegalArgumentException("glob: '" + pattern + "' (expected: a character behind the last \\)");
        }
    }

    private static boolean endsInEscape(String pattern) {
        int backslashes = 0;
        while (backslashes < pattern.length() && pattern.charAt(pattern.length() - 1 - backslashes) == '\\') {
            backslashes++;
        }
        return backslashes % 2 == 1;
    }

    /**
     * Whether the whole text matches; case counts. Steps back only to the last star, so that time is bounded by the
     * product of both lengths.
     */
    public boolean matches(String text) {
        int p = 0;
        int t = 0;
        int star = -1;
        int starText = 0;
        while (t < text.length()) {
            if (p < pattern.length() && pattern.charAt(p) == '*') {
                star = p++;
                starText = t;
            } else if (p < pattern.length() && matchesOne(p, text.charAt(t))) {
                p += pattern.charAt(p) == '\\' ? 2 : 1;
                t++;
            } else if (star >= 0) {
                p = star + 1;
                t = ++starText;
            } else {
                return false;
            }
        }
        while (p < pattern.length() && pattern.charAt(p) == '*') {
            p++;
        }
        return p == pattern.length();
    }

    private boolean matchesOne(int p, char c) {
        char expected = pattern.charAt(p);
        return switch (expected) {
            case '?' -> true;
            case '\\' -> pattern.charAt(p + 1) == c;
            default -> expected == c;
        };
    }
}
