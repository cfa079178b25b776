package dev.sonde.symbolizer.cfi;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A table as lines that tests can read. */
final class TableText {

    private TableText() {}

    /** A line a row: address, CFA, rbp, return address, and what they stand for where they are expressions. */
    static List<String> rows(UnwindTable table) throws IOException {
        List<String> rows = new ArrayList<>();
        table.forEachRow((pc, number) -> rows.add(row(pc, table.rules().get(number))));
        return rows;
    }

    private static String row(long pc, UnwindRule rule) {
        String address = Long.toHexString(pc) + " ";
        return switch (rule.cfaKind()) {
            case UNCOVERED, UNSUPPORTED, BROKEN -> address + rule.cfaText();
            default ->
                (address + rule.cfaText() + " " + rule.rbpText() + " " + rule.returnAddressText() + " "
                                + rule.expressionText())
                        .strip();
        };
    }

    /** What went wrong, a word and a count each. */
    static List<String> problems(UnwindTable table) {
        return table.problems().entries().stream()
                .map(entry -> entry.problem() + " " + entry.count())
                .toList();
    }
}
