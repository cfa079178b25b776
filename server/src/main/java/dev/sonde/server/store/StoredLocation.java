package dev.sonde.server.store;

import java.util.List;

/**
 * A location as it came.
 *
 * @param mappingFile the mapping's file: a path, or a word in brackets for a {@link dev.sonde.model.FrameKind}; empty
 *     where the location had no mapping
 * @param buildId as the profile had it; empty where it had none
 * @param mappingStart as the profile had it
 * @param mappingLimit as the profile had it
 * @param mappingOffset as the profile had it
 * @param address ELF virtual address where there is a build id
 * @param lines the innermost inlined call first; empty where names are to be found by build id and address
 */
public record StoredLocation(
        String mappingFile,
        String buildId,
        long mappingStart,
        long mappingLimit,
        long mappingOffset,
        long address,
        List<StoredLine> lines) {
    public StoredLocation {
        lines = List.copyOf(lines);
    }

    /**
     * One line.
     *
     * @param name the function as people read it
     * @param systemName the function as the linker or the JVM has it; may be empty
     * @param file the source file; may be empty
     * @param line line in it, 0 = unknown
     */
    public record StoredLine(String name, String systemName, String file, int line) {}
}
