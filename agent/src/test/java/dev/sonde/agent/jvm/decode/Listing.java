package dev.sonde.agent.jvm.decode;

import dev.sonde.agent.jvm.code.BlobKind;
import dev.sonde.symbolizer.cfi.UnwindRule;
import dev.sonde.symbolizer.cfi.UnwindTable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * Code as objdump prints it, an instruction a line: its bytes, a bar, and what is expected of its rule: the CFA, the
 * caller's rbp, the return address as {@code readelf -wF} writes them, and what {@code exp} stands for.
 */
final class Listing {

    static final long START = 0x7f00_0000_1000L;

    private final List<Integer> offsets = new ArrayList<>();
    private final List<String> instructions = new ArrayList<>();
    private final List<String> expected = new ArrayList<>();
    private final byte[] code;

    Listing(String text) {
        StringBuilder hex = new StringBuilder();
        for (String line : text.lines().toList()) {
            String[] columns = line.split("\\|", -1);
            String bytes = columns[0].replace(" ", "");
            offsets.add(hex.length() / 2);
            instructions.add(columns[0].strip());
            expected.add(columns.length > 1 ? columns[1].strip() : "");
            hex.append(bytes);
        }
        code = HexFormat.of().parseHex(hex);
    }

    byte[] code() {
        return code;
    }

    StableBlob blob(BlobKind kind, String name, int frameSizeWords) {
        return new StableBlob(kind, name, START, code, frameSizeWords);
    }

    /** What was expected, a line an instruction. */
    String expected() {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < offsets.size(); i++) {
            lines.add(instructions.get(i) + " | " + expected.get(i));
        }
        return String.join("\n", lines);
    }

    /** The same of a table's rules. */
    String of(UnwindTable table) {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < offsets.size(); i++) {
            lines.add(instructions.get(i) + " | " + text(table, START + offsets.get(i)));
        }
        return String.join("\n", lines);
    }

    private static String text(UnwindTable table, long pc) {
        try {
            UnwindRule rule = table.ruleAt(pc);
            return switch (rule.cfaKind()) {
                case UNCOVERED, UNSUPPORTED, BROKEN -> rule.cfaText();
                case CONTINUATION -> "continuation";
                default ->
                    (rule.cfaText() + " " + rule.rbpText() + " " + rule.returnAddressText() + " "
                                    + rule.expressionText())
                            .strip();
            };
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
