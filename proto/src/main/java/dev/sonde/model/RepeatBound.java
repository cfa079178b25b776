package dev.sonde.model;

/**
 * Bounds what a regular expression may grow to when it is compiled. RE2/J writes a counted repeat out, nested ones
 * multiplied: {@code ((a{1000}){1000}){1000}} would take all memory.
 */
final class RepeatBound {

    /** Longest regular expression, in characters. */
    private static final int MAX_LENGTH = 1024;

    /** Largest product of all counted repeats of an expression; RE2 itself allows 1,000 for one. */
    private static final long MAX_PRODUCT = 1000;

    private RepeatBound() {}

    /**
     * Refuses an expression that could grow beyond the bound. Braces are counted wherever they stand, also where they
     * mean themselves: the bound is strict, never loose.
     *
     * @throws IllegalArgumentException when it could
     */
    static void check(String expression) {
        if (expression.length() > MAX_LENGTH) {
            throw new IllegalArgumentException("regular expression of " + expression.length()
                    + " characters (expected: at most " + MAX_LENGTH + ")");
        }
        long product = 1;
        for (int open = expression.indexOf('{'); open >= 0; open = expression.indexOf('{', open + 1)) {
            product *= Math.max(1, largestNumber(expression, open + 1));
            if (product > MAX_PRODUCT) {
                throw new IllegalArgumentException("regular expression '" + expression
                        + "': its repeats multiply to more than " + MAX_PRODUCT + " (expected: at most that)");
            }
        }
    }

    /** The larger of the numbers of a repeat {@code {n}}, {@code {n,}} or {@code {n,m}}. */
    private static long largestNumber(String expression, int start) {
        long largest = 0;
        long number = 0;
        for (int i = start; i < expression.length(); i++) {
            char c = expression.charAt(i);
            if (c >= '0' && c <= '9') {
                number = Math.min(MAX_PRODUCT + 1, number * 10 + (c - '0'));
                largest = Math.max(largest, number);
            } else if (c == ',') {
                number = 0;
            } else {
                break;
            }
        }
        return largest;
    }
}
