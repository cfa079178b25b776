package dev.sonde.agent.jit;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * Reads the text of a perf-PID.map file, lines of {@code START SIZE NAME}, numbers hexadecimal. The text is of an
 * untrusted process: whatever it holds, reading takes time and memory in proportion to its length.
 */
final class PerfMapParser {

    /** Lines kept: large JavaScript servers write some 100,000; 20 bytes a line of columns beside the names. */
    static final int MAX_LINES = 1 << 17;

    /** Of one line: two numbers and the longest name kept, with room to spare for spaces. */
    private static final int MAX_LINE_BYTES = 1024;

    private static final int CHUNK_BYTES = 1 << 16;

    /** User space of x86-64 with five-level page tables (Documentation/arch/x86/x86_64/mm.rst). */
    private static final long USER_SPACE_END = 1L << 56;

    /** The line that is being read. */
    private final byte[] text = new byte[MAX_LINE_BYTES];

    /** The names, a newline behind each: never longer together than the file. */
    private final byte[] names;

    private final PerfMapRanges ranges;
    private int lineBytes;
    private int position;
    private int namesBytes;
    private long malformedLines;

    private PerfMapParser(int bytes) {
        this.names = new byte[bytes];
        // A short line has some 40 bytes.
        this.ranges = new PerfMapRanges(Math.min(bytes / 40 + 1, MAX_LINES));
    }

    /**
     * The names of a file's contents; a last line without newline is still being written and left out.
     *
     * @param bytes how many bytes are read at most
     * @param midLine whether the beginning is the rest of a line, which is left out
     */
    static PerfMap parse(InputStream in, int bytes, boolean midLine) throws IOException {
        PerfMapParser parser = new PerfMapParser(bytes);
        byte[] chunk = new byte[Math.min(bytes, CHUNK_BYTES)];
        boolean skip = midLine;
        for (int left = bytes; left > 0; ) {
            int read = in.read(chunk, 0, Math.min(left, chunk.length));
            if (read < 0) {
                break;
            }
            left -= read;
            skip = parser.take(chunk, read, skip);
        }
        return parser.finish();
    }

    /** Takes the next bytes; returns whether what follows is still of a line to be left out. */
    private boolean take(byte[] chunk, int length, boolean skip) {
        boolean skipping = skip;
        for (int i = 0; i < length; i++) {
            if (chunk[i] != '\n') {
                if (lineBytes < text.length) {
                    text[lineBytes++] = chunk[i];
                }
                continue;
            }
            position = 0;
            if (!skipping && !line(lineBytes)) {
                malformedLines++;
            }
            skipping = false;
            lineBytes = 0;
        }
        return skipping;
    }

    private PerfMap finish() {
        byte[] exact = namesBytes < names.length - names.length / 8 ? Arrays.copyOf(names, namesBytes) : names;
        return new PerfMap(exact, ranges.withoutOverlap(), malformedLines);
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
        ranges.add(start, start + sizeBytes, namesBytes);
        // One byte more than is shown tells that the name was cut.
        int nameBytes = Math.min(end - position, PerfMap.MAX_NAME_BYTES + 1);
        System.arraycopy(text, position, names, namesBytes, nameBytes);
        namesBytes += nameBytes;
        names[namesBytes++] = '\n';
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
