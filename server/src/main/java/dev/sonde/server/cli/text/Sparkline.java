package dev.sonde.server.cli.text;

import java.nio.charset.Charset;

/**
 * Draws numbers as a line of characters.
 *
 * @param levels characters from nothing to the largest value
 */
public record Sparkline(String levels) {

    private static final String BLOCKS = " \u2581\u2582\u2583\u2584\u2585\u2586\u2587\u2588";
    private static final String ASCII = " .:-=+*#@";

    /** Blocks where the output can show them. */
    public static Sparkline forCharset(Charset charset) {
        return new Sparkline(charset.canEncode() && charset.newEncoder().canEncode(BLOCKS) ? BLOCKS : ASCII);
    }

    /** One character a value; whatever is more than nothing shows. */
    public String draw(long[] values) {
        long largest = 1;
        for (long value : values) {
            largest = Math.max(largest, value);
        }
        StringBuilder line = new StringBuilder();
        for (long value : values) {
            int top = levels.length() - 1;
            long level = Math.round((double) value / largest * top);
            line.append(levels.charAt(Math.clamp(level, value > 0 ? 1 : 0, top)));
        }
        return line.toString();
    }
}
