package dev.sonde.symbolizer.cfi;

import dev.sonde.symbolizer.cfi.code.StartCode;
import dev.sonde.symbolizer.cfi.dwarf.FrameFunctions;
import dev.sonde.symbolizer.cfi.golang.GoFunctions;
import dev.sonde.symbolizer.elf.ElfException;
import dev.sonde.symbolizer.elf.ElfFile;
import java.io.IOException;

/** Builds the tables of files: finds their functions in order, and writes their rows. */
final class TableAssembly {

    /** Rows of a function as compilers write them: 4 to 10 were measured. */
    private static final int ROWS_PER_FUNCTION = 6;

    /** The page index is to take no more than an eighth of what the rows take. */
    private static final int INDEX_SHARE = 8;

    private final ElfFile file;
    private final CodeRange code;
    private final UnwindRules rules;
    private final FrameProblems problems;
    private final BlockSink sink;

    private TableAssembly(ElfFile file, UnwindRules rules, FrameProblems problems, BlockSink sink) throws IOException {
        this.file = file;
        this.code = CodeRange.of(file);
        this.rules = rules;
        this.problems = problems;
        this.sink = sink;
    }

    /** Builds the table of a file into a sink; rules and problems are added to. */
    static TableLayout build(ElfFile file, UnwindRules rules, FrameProblems problems, BlockSink sink)
            throws IOException {
        return new TableAssembly(file, rules, problems, sink).assemble();
    }

    private TableLayout assemble() throws IOException {
        boolean byHeader = true;
        boolean followsRbx = false;
        int shift = TableLayout.MAX_PAGE_SHIFT;
        // Every repetition gives up the header, follows rbx or makes the pages smaller, so there are few.
        while (true) {
            try {
                FunctionSource source = functions(byHeader, followsRbx);
                shift = Math.min(shift, pageShift(source.size()));
                return write(source, shift);
            } catch (TableBuilder.PageOverflowException e) {
                shift--;
            } catch (FrameFunctions.OrderException e) {
                if (!byHeader) {
                    throw e;
                }
                byHeader = false;
            } catch (FrameFunctions.RbxException e) {
                // Few files need it, and it makes rules that differ in nothing else.
                followsRbx = true;
            }
            sink.restart();
            problems.clear();
        }
    }

    private FunctionSource functions(boolean byHeader, boolean followsRbx) throws IOException {
        FunctionSource go = GoFunctions.of(file, code, problems);
        // What a Go program's .debug_frame says is in its own tables too.
        FrameFunctions frames = FrameFunctions.of(file, code, problems, byHeader, go == null);
        if (frames != null && followsRbx) {
            frames.followRbx();
        }
        if (frames == null && go == null) {
            throw ElfException.unsupported("frame information", "none", ".eh_frame or .debug_frame");
        }
        FunctionSource described = go == null ? frames : frames == null ? go : new MergedFunctions(go, frames);
        StartCode start = StartCode.of(file, code);
        return start.size() == 0 ? described : new MergedFunctions(described, start);
    }

    /** The smallest pages whose index stays small beside the rows. */
    private int pageShift(long functions) {
        long rowBytes = functions * ROWS_PER_FUNCTION * Integer.BYTES;
        long pages = Math.max(1, rowBytes / INDEX_SHARE / Long.BYTES);
        int shift = TableLayout.MIN_PAGE_SHIFT;
        while (shift < TableLayout.MAX_PAGE_SHIFT && code.bytes() >>> shift > pages) {
            shift++;
        }
        return shift;
    }

    private TableLayout write(FunctionSource source, int shift) throws IOException {
        int pages = (int) ((code.bytes() - 1) >>> shift) + 1;
        TableBuilder table = new TableBuilder(code.start(), shift, pages, sink);
        RowWriter rows = new RowWriter(table, rules, problems, code.start());
        while (source.start() != FunctionSource.END) {
            source.write(code.end(), rows);
        }
        rows.close();
        return table.finish(rules.size());
    }
}
