package dev.sonde.agent.kernel.code;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;

/**
 * A file with code, and a place where a process has it mapped ({@code struct sonde_table_request} in
 * unwind/table_format.h).
 */
public record MappedCode(FileId file, int pid, long start, long end) {

    /** sizeof. */
    public static final int BYTES = 56;

    /** The one that lies at an offset. */
    public static MappedCode read(MemorySegment memory, long at) {
        return new MappedCode(
                FileId.read(memory, at),
                memory.get(JAVA_INT, at + 48),
                memory.get(JAVA_LONG, at + 32),
                memory.get(JAVA_LONG, at + 40));
    }
}
