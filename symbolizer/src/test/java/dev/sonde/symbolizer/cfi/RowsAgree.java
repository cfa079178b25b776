package dev.sonde.symbolizer.cfi;

import dev.sonde.symbolizer.cfi.ReadelfRows.Row;
import dev.sonde.symbolizer.elf.ElfFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Holds a table against readelf's rows: at every address of every FDE the same CFA, rbp and return address. */
final class RowsAgree {

    private static final int SHOWN = 20;

    private final List<String> differences = new ArrayList<>();
    private long[] pcs = new long[1024];
    private int[] rules = new int[1024];
    private int size;
    private long differing;
    private long compared;

    /**
     * What came out.
     *
     * @param fdes FDEs that readelf printed
     * @param rows rows that readelf printed
     * @param differing rows that differ anywhere
     * @param differences the first of them
     */
    record Result(int fdes, long rows, long differing, List<String> differences) {}

    private RowsAgree() {}

    static Result compare(Path readelf, Path file, String section) throws IOException, InterruptedException {
        ReadelfRows expected = ReadelfRows.of(readelf, file, section);
        try (ElfFile elf = ElfFile.open(file);
                UnwindTable table = UnwindTable.read(elf)) {
            RowsAgree agree = new RowsAgree();
            table.forEachRow(agree::add);
            for (Row row : expected.rows()) {
                agree.check(row, table.rules());
            }
            return new Result(expected.fdes(), agree.compared, agree.differing, agree.differences);
        }
    }

    private void add(long pc, int rule) {
        if (size == pcs.length) {
            pcs = Arrays.copyOf(pcs, size * 2);
            rules = Arrays.copyOf(rules, size * 2);
        }
        pcs[size] = pc;
        rules[size++] = rule;
    }

    private void check(Row row, UnwindRules all) {
        compared++;
        int at = Arrays.binarySearch(pcs, 0, size, row.start());
        int index = at < 0 ? -at - 2 : at;
        do {
            UnwindRule rule = index < 0 ? UnwindRule.UNCOVERED : all.get(rules[index]);
            String found = rule.cfaText() + " " + rule.rbpText() + " " + rule.returnAddressText();
            String expected = row.cfa() + " " + row.rbp() + " " + row.ra();
            if (!found.equals(expected)) {
                differing++;
                if (differences.size() < SHOWN) {
                    differences.add(Long.toHexString(row.start()) + ": " + found + " (readelf: " + expected + ")");
                }
                return;
            }
            index++;
        } while (index < size && pcs[index] < row.end());
    }
}
