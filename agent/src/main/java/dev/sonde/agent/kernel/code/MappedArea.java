package dev.sonde.agent.kernel.code;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;

/**
 * Code mapped from a file ({@code struct sonde_area} in sample.h).
 *
 * @param start first address
 * @param end first address behind it
 * @param fileOffset where in the file it begins, bytes
 */
public record MappedArea(long start, long end, long fileOffset, FileId file) {

    /** sizeof. */
    public static final int BYTES = 24 + FileId.BYTES;

    /** The one that lies at an offset. */
    public static MappedArea read(MemorySegment memory, long at) {
        return new MappedArea(
                memory.get(JAVA_LONG, at),
                memory.get(JAVA_LONG, at + 8),
                memory.get(JAVA_LONG, at + 16),
                FileId.read(memory, at + 24));
    }
}
