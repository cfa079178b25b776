package dev.sonde.symbolizer.cfi;

import dev.sonde.symbolizer.elf.ElfException;
import dev.sonde.symbolizer.elf.ElfFile;
import java.io.IOException;

/** Builds the table of a file: finds its functions in order, and writes their rows. */
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

    static TableLayout assemble(ElfFile file, UnwindRules rules, FrameProblems problems, BlockSink sink)
            throws IOException {
        return new TableAssembly(file, rules, problems, sink).assemble();
    }

    private TableLayout assemble() throws IOException {
        boolean byHeader = true;
        int shift = TableLayout.MAX_PAGE_SHIFT;
        // Every repetition gives up the header or makes the pages smaller, so there are few.
        while (true) {
            try {
                FunctionSource source = frameFunctions(byHeader);
                shift = Math.min(shift, pageShift(source.size()));
                return write(source, shift);
            } catch (TableBuilder.PageOverflowException e) {
                shift--;
            } catch (FrameFunctions.OrderException e) {
                if (!byHeader) {
                    throw e;
                }
                byHeader = false;
            }
            sink.restart();
            problems.clear();
        }
    }

    private FunctionSource frameFunctions(boolean byHeader) throws IOException {
        EhFrameHeader header = FrameSections.header(file);
        FrameSection section = FrameSections.find(file, header);
        if (section == null) {
            throw ElfException.unsupported("frame information", "none", ".eh_frame or .debug_frame");
        }
        CfaProgram program = new CfaProgram();
        FdeReader fde = new FdeReader(section, new CieReader(section, program));
        FdeWalk walk = new FdeWalk(section, problems);
        boolean sound = byHeader && header != null && !section.debug() && header.count() > 0;
        FunctionOrder order = sound && walk.count() == header.count()
                ? new FunctionOrder.Header(header, section.address())
                : walk.sorted(fde, code);
        return new FrameFunctions(order, fde, program, code, problems);
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
