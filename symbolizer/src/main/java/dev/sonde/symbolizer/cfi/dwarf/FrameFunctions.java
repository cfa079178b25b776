package dev.sonde.symbolizer.cfi.dwarf;

import dev.sonde.symbolizer.cfi.CodeRange;
import dev.sonde.symbolizer.cfi.FrameProblem;
import dev.sonde.symbolizer.cfi.FrameProblems;
import dev.sonde.symbolizer.cfi.FunctionSource;
import dev.sonde.symbolizer.cfi.RowWriter;
import dev.sonde.symbolizer.cfi.code.SignalTrampoline;
import dev.sonde.symbolizer.elf.ElfFile;
import java.io.IOException;

/** The functions that a frame section describes. */
public final class FrameFunctions implements FunctionSource {

    private final FunctionOrder order;
    private final FdeReader fde;
    private final CfaProgram program;
    private final SignalTrampoline trampoline;
    private final CodeRange code;
    private final FrameProblems problems;
    private final FrameState row = new FrameState();
    private long index;
    private long start;
    private boolean followsRbx;

    /** The order contradicts the section: .eh_frame_hdr is of another build, or damaged. */
    public static final class OrderException extends IOException {
        private static final long serialVersionUID = 1L;

        OrderException(long expected, long found) {
            super("function of an FDE: 0x" + Long.toHexString(found) + " (expected: 0x" + Long.toHexString(expected)
                    + ", as .eh_frame_hdr says)");
        }
    }

    /** A CFA starts from rbx, which is not followed. */
    public static final class RbxException extends IOException {
        private static final long serialVersionUID = 1L;

        RbxException(long pc) {
            super("CFA at 0x" + Long.toHexString(pc) + ": on rbx (expected: only where rbx is followed)");
        }
    }

    /**
     * Those of a file, or null where it has no frame information.
     *
     * @param byHeader whether the order of .eh_frame_hdr is to be believed where it looks sound
     * @param orDebugFrame whether .debug_frame will do where there is no .eh_frame
     * @throws OrderException here or later, when it was not
     */
    public static FrameFunctions of(
            ElfFile file, CodeRange code, FrameProblems problems, boolean byHeader, boolean orDebugFrame)
            throws IOException {
        EhFrameHeader header = FrameSections.header(file);
        FrameSection section = FrameSections.find(file, header, orDebugFrame);
        if (section == null) {
            return null;
        }
        CfaProgram program = new CfaProgram();
        FdeReader fde = new FdeReader(section, new CieReader(section, program));
        FdeWalk walk = new FdeWalk(section, problems);
        boolean believed = byHeader && header != null && !section.debug() && header.count() > 0;
        FunctionOrder order = believed && walk.count() == header.count()
                ? new FunctionOrder.Header(header, section.address())
                : walk.sorted(fde, code);
        return new FrameFunctions(order, fde, program, new SignalTrampoline(file, code), code, problems);
    }

    private FrameFunctions(
            FunctionOrder order,
            FdeReader fde,
            CfaProgram program,
            SignalTrampoline trampoline,
            CodeRange code,
            FrameProblems problems)
            throws IOException {
        this.order = order;
        this.fde = fde;
        this.program = program;
        this.trampoline = trampoline;
        this.code = code;
        this.problems = problems;
        skipOutside();
    }

    /** From now on rules tell where the caller's rbx is; before, a CFA on it is an {@link RbxException}. */
    public void followRbx() {
        followsRbx = true;
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
        if (start != END && start < former) {
            throw new OrderException(former, start);
        }
    }

    @Override
    public void write(long limit, RowWriter rows) throws IOException {
        long pc = start;
        long entry = entryOfCurrent();
        long exclusiveEnd = Math.min(limit, start);
        try {
            read(entry, pc);
            if (fde.sizeBytes() == 0) {
                return;
            }
            exclusiveEnd = end(pc, exclusiveEnd);
            CfiCursor instructions = fde.instructions();
            if (!fde.cie().signalFrame() && trampoline.isAt(pc, exclusiveEnd - pc)) {
                rows.trampoline(pc);
                rows.end(exclusiveEnd);
                return;
            }
            rows.begin(pc);
            run(pc, exclusiveEnd, instructions, rows);
        } catch (CfiFault e) {
            problems.add(e.problem(), pc);
            rows.begin(pc);
            rows.broken(pc);
        }
        rows.end(exclusiveEnd);
    }

    /**
     * The FDE of the current function, behind which the order then stands. Of several for one address the first holds,
     * unless it has no bytes: linkers that fold functions leave such ones.
     */
    private long entryOfCurrent() throws IOException {
        long pc = start;
        long entry = order.entry(index);
        boolean first = true;
        for (advance(); start == pc; advance()) {
            long other = order.entry(index);
            if (other == entry) {
                throw new OrderException(pc, pc);
            }
            if (first && isEmpty(entry, pc)) {
                entry = other;
            } else {
                problems.add(FrameProblem.DUPLICATE, pc);
            }
            first = false;
        }
        return entry;
    }

    private boolean isEmpty(long entry, long pc) throws IOException {
        try {
            read(entry, pc);
            return fde.sizeBytes() == 0;
        } catch (CfiFault e) {
            return false;
        }
    }

    private void read(long entry, long pc) throws IOException, CfiFault {
        try {
            fde.read(entry);
        } catch (CfiFault e) {
            // Whoever sorts leaves it out and counts it.
            if (order.isSorted()) {
                throw e;
            }
            throw new OrderException(pc, 0);
        }
        if (fde.start() != pc) {
            throw new OrderException(pc, fde.start());
        }
    }

    private void writeRow(long at, FrameState state, RowWriter rows) throws IOException {
        row.copyFrom(state);
        FrameProblem problem = row.settle();
        if (problem != null) {
            problems.add(problem, at);
            rows.unsupported(at);
            return;
        }
        if (!row.rbpIsExpressible()) {
            problems.add(FrameProblem.INEXPRESSIBLE_FRAME_POINTER, at);
        }
        if (row.needsRbx() && !followsRbx) {
            throw new RbxException(at);
        }
        rows.rule(at, row.low(fde.cie().signalFrame()), row.high(followsRbx));
    }

    /** What was written before a fault is right: only the rest of the function is broken. */
    private void run(long pc, long exclusiveEnd, CfiCursor instructions, RowWriter rows) throws IOException {
        try {
            program.run(instructions, fde.cie(), pc, pc + fde.sizeBytes(), (at, state) -> {
                if (at < exclusiveEnd) {
                    writeRow(at, state, rows);
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
