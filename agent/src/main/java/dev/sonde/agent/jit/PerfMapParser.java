package dev.sonde.agent.jit;

/**
 * Reads the text of a perf-PID.map file, lines of {@code START SIZE NAME}, numbers hexadecimal. The text is of an
 * untrusted process: whatever it holds, reading takes time and memory in proportion to its length.
 */
final class PerfMapParser {

    /** Lines kept: large JavaScript servers write some 100,000; 20 bytes a line of columns beside the text. */
    static final int MAX_LINES = 500_000;

    /** User space of x86-64 with five-level page tables (Documentation/arch/x86/x86_64/mm.rst). */
    private static final long USER_SPACE_END = 1L << 56;

    private final byte[] text;
    private final PerfMapRanges ranges;
    private int position;
    private long malformedLines;

    private PerfMapParser(byte[] text) {
        this.text = text;
        // A short line has some 40 bytes.
        this.ranges = new PerfMapRanges(text.length / 40 + 1);
    }

    /** The names of a file's whole contents; a last line without newline is still being written and left out. */
    static PerfMap parse(byte[] text) {
        PerfMapParser parser = new PerfMapParser(text);
        for (int end = parser.endOfLine(); end >= 0; end = parser.endOfLine()) {
            if (!parser.line(end)) {
                parser.malformedLines++;
            }
            parser.position = end + 1;
        }
        return new PerfMap(text, parser.ranges.withoutOverlap(), parser.malformedLines);
    }

    private int endOfLine() {
        for (int i = position; i < text.length; i++) {
            if (text[i] == '\n') {
                return i;
            }
        }
        return -1;
    }

    private boolean line(int end) {
        long start = number(end);
        if (start < 0) {
            return false;
        }
        long sizeBytes = number(end);
        if (sizeBytes <= 0 || start + sizeBytes > USER_SPACE_END || position >= end || ranges.size() >= MAX_LINES) {
            return false;
        }
        ranges.add(start, start + sizeBytes, position);
        return true;
    }

    /** A hexadecimal number, with 0x or without, and the spaces behind it; -1 when there is none below 2^60. */
    private long number(int end) {
        if (position + 1 < end && text[position] == '0' && (text[position + 1] | 0x20) == 'x') {
            position += 2;
        }
        long value = 0;
        int digits = 0;
        for (; position < end && text[position] != ' '; position++, digits++) {
            int digit = Character.digit(text[position], 16);
            if (digit < 0 || value >>> 56 != 0) {
                return -1;
            }
            value = value << 4 | digit;
        }
        if (digits == 0 || position >= end) {
            return -1;
        }
        while (position < end && text[position] == ' ') {
            position++;
        }
        return value;
    }
}
