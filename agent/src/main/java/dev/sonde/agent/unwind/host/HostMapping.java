package dev.sonde.agent.unwind.host;

/**
 * A memory area of a process ({@code struct sonde_host_mapping} in unwind/host.h).
 *
 * @param fileOffset where in its file the area begins
 * @param table index of its file's table among those given, {@link #NO_TABLE} or {@link #TABLE_MISSING}
 */
public record HostMapping(long start, long end, long fileOffset, boolean executable, int table) {

    /** The file has no table, or the area is no file's: frame pointers are followed in its code. */
    public static final int NO_TABLE = -1;

    /** The file may have a table, but it is not among those given: stacks end here, table-pending. */
    public static final int TABLE_MISSING = -2;

    static final int BYTES = 32;

    public HostMapping {
        if (Long.compareUnsigned(start, end) >= 0) {
            throw new IllegalArgumentException("start: 0x" + Long.toHexString(start) + " (expected: below the end, 0x"
                    + Long.toHexString(end) + ")");
        }
        if (table < TABLE_MISSING) {
            throw new IllegalArgumentException("table: " + table + " (expected: an index, -1 or -2)");
        }
    }
}
