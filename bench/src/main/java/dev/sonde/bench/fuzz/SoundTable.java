package dev.sonde.bench.fuzz;

import dev.sonde.symbolizer.cfi.UnwindRules;
import dev.sonde.symbolizer.cfi.UnwindTable;
import dev.sonde.symbolizer.elf.BuildIds;
import dev.sonde.symbolizer.elf.ElfException;
import dev.sonde.symbolizer.elf.ElfFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/** Reads a hostile file as the agent does: there is a sound table, or a typed error, in bounded memory. */
final class SoundTable {

    private SoundTable() {}

    /** The count of rows, 0 where the file is refused; fails with an AssertionError. */
    static int rows(byte[] bytes) {
        return Allocation.bounded(() -> read(bytes), bytes.length);
    }

    private static int read(byte[] bytes) {
        try (ElfFile file = ElfFile.of(MemorySegment.ofArray(bytes))) {
            BuildIds.of(file);
            file.sections();
            try (UnwindTable table = UnwindTable.read(file)) {
                return rows(table, bytes.length);
            }
        } catch (ElfException e) {
            Allocation.check(
                    e.getMessage().contains("(expected: "), "an error without its expectation: " + e.getMessage());
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
            Allocation.check(pc > last[0], "rows in disorder");
            Allocation.check(!rules.get(rule).cfaText().isEmpty(), "a rule without a CFA");
            last[0] = pc;
            rows[0]++;
        });
        Allocation.check(rows[0] <= limit, rows[0] + " rows of " + limit + " bytes");
        return rows[0];
    }
}
