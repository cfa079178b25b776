package dev.sonde.symbolizer.cfi;

import java.io.IOException;

/** The functions that a frame section describes. */
final class FrameFunctions implements FunctionSource {

    private final FunctionOrder order;
    private final FdeReader fde;
    private final CfaProgram program;
    private final CodeRange code;
    private final FrameProblems problems;
    private long index;
    private long start;

    /** The order contradicts the section: .eh_frame_hdr is of another build, or damaged. */
    static final class OrderException extends IOException {
        private static final long serialVersionUID = 1L;

        OrderException(long expected, long found) {
            super("function of an FDE: 0x" + Long.toHexString(found) + " (expected: 0x" + Long.toHexString(expected)
                    + ", as .eh_frame_hdr says)");
        }
    }

    FrameFunctions(FunctionOrder order, FdeReader fde, CfaProgram program, CodeRange code, FrameProblems problems)
            throws IOException {
        this.order = order;
        this.fde = fde;
        this.program = program;
        this.code = code;
        this.problems = problems;
        skipOutside();
    }

    @Override
    public long size() {
        return order.size();
    }

    @Override
    public long start() {
        return start;
    }

    /** Stands on the next function inside the code, or on the end. */
    private void skipOutside() throws IOException {
        start = END;
        while (index < order.size()) {
            long next = order.start(index);
            if (code.contains(next)) {
                start = next;
                return;
            }
            problems.add(FrameProblem.OUTSIDE_CODE, next);
            index++;
        }
    }

    private void advance() throws IOException {
        long former = start;
        index++;
        skipOutside();
        while (start == former) {
            problems.add(FrameProblem.DUPLICATE, start);
            index++;
            skipOutside();
        }
        if (start != END && start < former) {
            throw new OrderException(former, start);
        }
    }

    @Override
    public void write(long limit, RowWriter rows) throws IOException {
        long pc = start;
        long entry = order.entry(index);
        advance();
        long exclusiveEnd = Math.min(limit, start);
        try {
            fde.read(entry);
            if (fde.start() != pc) {
                throw new OrderException(pc, fde.start());
            }
            if (fde.sizeBytes() == 0) {
                return;
            }
            exclusiveEnd = end(pc, exclusiveEnd);
            CfiCursor instructions = fde.instructions();
            rows.begin(pc, fde.cie().signalFrame());
            run(pc, exclusiveEnd, instructions, rows);
        } catch (CfiFault e) {
            problems.add(e.problem(), pc);
            rows.begin(pc, false);
            rows.broken(pc);
        }
        rows.end(exclusiveEnd);
    }

    /** What was written before a fault is right: only the rest of the function is broken. */
    private void run(long pc, long exclusiveEnd, CfiCursor instructions, RowWriter rows) throws IOException {
        try {
            program.run(instructions, fde.cie(), pc, pc + fde.sizeBytes(), (at, state) -> {
                if (at < exclusiveEnd) {
                    rows.row(at, state);
                }
            });
        } catch (CfiFault e) {
            problems.add(e.problem(), pc);
            if (program.location() < exclusiveEnd) {
                rows.broken(program.location());
            }
        }
    }

    /** Where the function ends, or the next one starts inside it. */
    private long end(long pc, long limit) {
        if (Long.compareUnsigned(fde.sizeBytes(), limit - pc) <= 0) {
            return pc + fde.sizeBytes();
        }
        problems.add(limit == code.end() ? FrameProblem.OUTSIDE_CODE : FrameProblem.OVERLAP, pc);
        return limit;
    }
}
