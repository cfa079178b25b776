package dev.sonde.agent.kernel.code;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * A file with code, and a place where a process has it mapped ({@code struct sonde_table_request} in
 * unwind/table_format.h).
 */
public record MappedCode(FileId file, int pid, long start, long end) {

    /** sizeof. */
    public static final int BYTES = 80;

    private static final int START = 32;
    private static final int END = 40;
    private static final int FILE_OFFSET = 48;
    private static final int PROCESS_START = 56;
    private static final int STACK_TOP = 64;
    private static final int PID = 72;

    /** The one that lies at an offset. */
    public static MappedCode read(MemorySegment memory, long at) {
        return new MappedCode(
                FileId.read(memory, at),
                memory.get(JAVA_INT, at + PID),
                memory.get(JAVA_LONG, at + START),
                memory.get(JAVA_LONG, at + END));
    }

    /** The mapping at an offset. */
    public static MappedArea readArea(MemorySegment memory, long at) {
        return new MappedArea(
                memory.get(JAVA_LONG, at + START),
                memory.get(JAVA_LONG, at + END),
                memory.get(JAVA_LONG, at + FILE_OFFSET),
                FileId.read(memory, at));
    }

    /** The process at an offset, with these areas. */
    public static ProcessCode readProcess(MemorySegment memory, long at, List<MappedArea> areas) {
        return new ProcessCode(memory.get(JAVA_LONG, at + PROCESS_START), memory.get(JAVA_LONG, at + STACK_TOP), areas);
    }
}
