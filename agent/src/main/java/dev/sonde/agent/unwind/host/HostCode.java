package dev.sonde.agent.unwind.host;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.stream.Stream;

/**
 * The mappings of a process and the tables of its files, as the library reads them. Immutable; its memory lives as long
 * as this is reachable.
 */
public final class HostCode {

    private final List<HostTable> tables;
    private final MemorySegment mappingArray;
    private final MemorySegment tableArray;
    private final int mappingCount;
    private final long stackTop;
    private final MemorySegment jvm;

    /**
     * @param mappings ascending, none overlapping another
     * @param tables those that the mappings name by their index
     * @param stackTop the stack pointer with which the program was started (startstack of proc_pid_stat(5)): code
     *     without a table is its first frame there; 0 when it is not known
     */
    public HostCode(List<HostMapping> mappings, List<HostTable> tables, long stackTop) {
        this(mappings, tables, stackTop, null);
    }

    /**
     * The same of a JVM.
     *
     * @param jvm what is known of it; null for none
     */
    public HostCode(List<HostMapping> mappings, List<HostTable> files, long stackTop, HostJvm jvm) {
        Arena arena = Arena.ofAuto();
        this.tables = jvm == null
                ? List.copyOf(files)
                : Stream.concat(files.stream(), Stream.of(jvm.table())).toList();
        this.jvm = jvm == null ? MemorySegment.NULL : jvm.write(arena, files.size());
        this.mappingCount = mappings.size();
        this.stackTop = stackTop;
        this.mappingArray = arena.allocate((long) HostMapping.BYTES * mappingCount, Long.BYTES);
        this.tableArray = arena.allocate((long) HostTable.BYTES * tables.size(), Long.BYTES);
        for (int i = 0; i < mappingCount; i++) {
            if (i > 0) {
                checkOrder(mappings.get(i - 1), mappings.get(i));
            }
            write(mappings.get(i), (long) i * HostMapping.BYTES);
        }
        for (int i = 0; i < tables.size(); i++) {
            tables.get(i).write(tableArray.asSlice((long) i * HostTable.BYTES, HostTable.BYTES), i);
        }
    }

    private static void checkOrder(HostMapping before, HostMapping after) {
        if (Long.compareUnsigned(after.start(), before.end()) < 0) {
            throw new IllegalArgumentException("mappings: " + after + " after " + before + " (expected: ascending)");
        }
    }

    private void write(HostMapping mapping, long at) {
        mappingArray.set(JAVA_LONG, at, mapping.start());
        mappingArray.set(JAVA_LONG, at + 8, mapping.end());
        mappingArray.set(JAVA_LONG, at + 16, mapping.fileOffset());
        mappingArray.set(JAVA_INT, at + 24, mapping.executable() ? 1 : 0);
        mappingArray.set(JAVA_INT, at + 28, mapping.table());
    }

    MemorySegment mappings() {
        return mappingArray;
    }

    int mappingCount() {
        return mappingCount;
    }

    MemorySegment tables() {
        return tableArray;
    }

    /** A struct sonde_jvm_process, or NULL. */
    MemorySegment jvm() {
        return jvm;
    }

    long stackTop() {
        return stackTop;
    }

    int tableCount() {
        return tables.size();
    }
}
