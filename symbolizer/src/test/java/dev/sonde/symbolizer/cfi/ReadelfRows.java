package dev.sonde.symbolizer.cfi;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What {@code readelf -wF} prints, row by row. It prints a line per advance, so that rows stand as the compiler wrote
 * them; an FDE without instructions has no line of its own and the row of its CIE.
 */
final class ReadelfRows {

    private static final String NO_RULE = "u";

    private final List<String> columns = new ArrayList<>();
    private final Map<String, Row> initialRows = new HashMap<>();
    private final List<Row> rows = new ArrayList<>();
    private String cie;
    private Row initial;
    private Row open;
    private long end;
    private int fdes;
    private boolean inFde;

    /**
     * One row.
     *
     * @param start first ELF virtual address
     * @param end first address behind it
     */
    record Row(long start, long end, String cfa, String rbp, String ra) {}

    private ReadelfRows() {}

    /** Runs readelf on a file; {@code section} is .eh_frame or .debug_frame, of which a file may have both. */
    static ReadelfRows of(Path readelf, Path file, String section) throws IOException, InterruptedException {
        ReadelfRows all = new ReadelfRows();
        ProcessBuilder builder = new ProcessBuilder(readelf.toString(), "-wF", file.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().put("LC_ALL", "C");
        Process process = builder.start();
        try (BufferedReader lines = process.inputReader(StandardCharsets.ISO_8859_1)) {
            boolean wanted = false;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("Contents of the ")) {
                    wanted = line.contains(" " + section + " ");
                } else if (wanted) {
                    all.line(line);
                }
            }
        }
        all.closeFde();
        process.waitFor();
        return all;
    }

    List<Row> rows() {
        return rows;
    }

    int fdes() {
        return fdes;
    }

    private void line(String line) {
        if (line.isEmpty()) {
            return;
        }
        // A register is two words: "r1 (rdx)".
        String[] words = line.replace(" (", "(").strip().split(" +", -1);
        if (words[0].equals("LOC")) {
            columns.clear();
            columns.addAll(List.of(words));
        } else if (line.contains(" CIE ")) {
            closeFde();
            cie = words[0];
        } else if (line.contains(" FDE ")) {
            closeFde();
            startFde(words);
        } else if (words[0].length() == 16) {
            row(words);
        }
    }

    private void startFde(String[] words) {
        inFde = true;
        fdes++;
        String of = words[4].substring("cie=".length());
        initial = initialRows.get(of);
        String[] range = words[5].substring("pc=".length()).split("\\.\\.", -1);
        long start = Long.parseUnsignedLong(range[0], 16);
        end = Long.parseUnsignedLong(range[1], 16);
        open = initial == null ? null : new Row(start, end, initial.cfa, initial.rbp, initial.ra);
    }

    private void row(String[] words) {
        Row row = normalized(
                new Row(Long.parseUnsignedLong(words[0], 16), end, words[1], column(words, "rbp"), column(words, "ra")),
                column(words, "rsp"));
        if (!inFde) {
            initialRows.put(cie, row);
            return;
        }
        closeRow(row.start);
        open = row;
    }

    /**
     * The caller's rsp is what counts. In longjmp it is not the CFA but in a register, in setcontext it is in the
     * buffer that the CFA is, as the rest is.
     */
    private static Row normalized(Row row, String rsp) {
        int bracket = rsp.indexOf('(');
        if (bracket >= 0) {
            return new Row(row.start, row.end, rsp.substring(bracket + 1, rsp.length() - 1) + "+0", row.rbp, row.ra);
        }
        return rsp.startsWith("c") ? new Row(row.start, row.end, "exp", "exp", "exp") : row;
    }

    private String column(String[] words, String name) {
        int at = columns.indexOf(name);
        // "s" is an explicit same value; readelf's "u" is either that by default or undefined.
        return at < 0 || at >= words.length || words[at].equals("s") ? NO_RULE : words[at];
    }

    private void closeRow(long exclusiveEnd) {
        if (open != null && open.start < exclusiveEnd) {
            rows.add(new Row(open.start, exclusiveEnd, open.cfa, open.rbp, open.ra));
        }
        open = null;
    }

    private void closeFde() {
        if (inFde) {
            closeRow(end);
        }
        inFde = false;
    }
}
