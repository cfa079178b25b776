package dev.sonde.bench.fuzz;

import com.sun.management.ThreadMXBean;
import dev.sonde.symbolizer.cfi.UnwindRules;
import dev.sonde.symbolizer.cfi.UnwindTable;
import dev.sonde.symbolizer.elf.BuildIds;
import dev.sonde.symbolizer.elf.ElfException;
import dev.sonde.symbolizer.elf.ElfFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;

/** Reads a hostile file as the agent does: there is a sound table, or a typed error, in bounded memory. */
final class SoundTable {

    /** Tables and windows of files of at most some MiB; a count that is believed would be far above. */
    private static final long MOST_ALLOCATED_BYTES = 64L << 20;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private SoundTable() {}

    /** The count of rows, 0 where the file is refused; fails with an AssertionError. */
    static int rows(byte[] bytes) {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        int rows = read(bytes);
        long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
        if (allocated > MOST_ALLOCATED_BYTES) {
            // The first time the classes are loaded, and instrumented, by this very thread.
            before = THREADS.getCurrentThreadAllocatedBytes();
            read(bytes);
            allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
        }
        check(allocated <= MOST_ALLOCATED_BYTES, "allocated " + allocated + " bytes for " + bytes.length);
        return rows;
    }

    private static int read(byte[] bytes) {
        try (ElfFile file = ElfFile.of(MemorySegment.ofArray(bytes))) {
            BuildIds.of(file);
            file.sections();
            try (UnwindTable table = UnwindTable.read(file)) {
                return rows(table, bytes.length);
            }
        } catch (ElfException e) {
            check(e.getMessage().contains("(expected: "), "an error without its expectation: " + e.getMessage());
            return 0;
        } catch (IOException e) {
            throw new AssertionError("an error that is not typed", e);
        }
    }

    private static int rows(UnwindTable table, int limit) throws IOException {
        UnwindRules rules = table.rules();
        long[] last = {table.layout().base() - 1};
        int[] rows = {0};
        table.forEachRow((pc, rule) -> {
            check(pc > last[0], "rows in disorder");
            check(!rules.get(rule).cfaText().isEmpty(), "a rule without a CFA");
            last[0] = pc;
            rows[0]++;
        });
        check(rows[0] <= limit, rows[0] + " rows of " + limit + " bytes");
        return rows[0];
    }

    private static void check(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }
}
