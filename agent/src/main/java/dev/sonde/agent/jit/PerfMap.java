package dev.sonde.agent.jit;

import java.nio.charset.StandardCharsets;

/**
 * The contents of one perf-PID.map file: address ranges with names, as the kernel's
 * tools/perf/Documentation/jit-interface.txt has it. Ranges do not overlap any more: where the file's did, the later
 * line won. Immutable but for names decoded on first use; one thread at a time.
 */
public final class PerfMap {

    /** Longest name kept, bytes: generated names of generic code are long, a label or a page has no use for more. */
    static final int MAX_NAME_BYTES = 512;

    private static final PerfMap EMPTY = new PerfMap(new byte[0], new PerfMapRanges(0), 0);

    private final byte[] text;
    private final PerfMapRanges ranges;
    private final long malformedLines;
    private final String[] names;

    PerfMap(byte[] text, PerfMapRanges ranges, long malformedLines) {
        this.text = text;
        this.ranges = ranges;
        this.malformedLines = malformedLines;
        this.names = new String[ranges.size()];
    }

    /** No names. */
    public static PerfMap empty() {
        return EMPTY;
    }

    /** How many ranges there are after overlaps were resolved. */
    public int size() {
        return ranges.size();
    }

    /** The memory that this takes, but for decoded names. */
    long retainedBytes() {
        return text.length + ranges.retainedBytes() + (long) names.length * Integer.BYTES;
    }

    /** How many lines were not of the form {@code START SIZE NAME}, or were beyond the bound. */
    public long malformedLines() {
        return malformedLines;
    }

    /**
     * The name of the code at an address, or null. At most {@value #MAX_NAME_BYTES} bytes of the file, control
     * characters replaced. Allocates only when a range is asked for the first time.
     */
    public String find(long address) {
        int index = ranges.indexOf(address);
        if (index < 0) {
            return null;
        }
        String name = names[index];
        if (name == null) {
            name = decode(ranges.nameOffset(index));
            names[index] = name;
        }
        return name;
    }

    private String decode(int from) {
        int end = from;
        int limit = (int) Math.min(text.length, (long) from + MAX_NAME_BYTES);
        while (end < limit && text[end] != '\n') {
            end++;
        }
        // A name cut inside a character loses the piece: continuation bytes are 10xxxxxx.
        if (end == limit && end < text.length && text[end] != '\n') {
            while (end > from && (text[end] & 0xc0) == 0x80) {
                end--;
            }
        }
        String raw = new String(text, from, end - from, StandardCharsets.UTF_8);
        StringBuilder clean = null;
        for (int i = 0; i < raw.length(); i++) {
            if (Character.isISOControl(raw.charAt(i))) {
                clean = clean == null ? new StringBuilder(raw) : clean;
                clean.setCharAt(i, '\ufffd');
            }
        }
        return clean == null ? raw : clean.toString();
    }
}
