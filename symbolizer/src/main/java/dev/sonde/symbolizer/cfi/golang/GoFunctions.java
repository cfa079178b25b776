package dev.sonde.symbolizer.cfi.golang;

import dev.sonde.symbolizer.cfi.CfaKind;
import dev.sonde.symbolizer.cfi.CodeRange;
import dev.sonde.symbolizer.cfi.FrameProblem;
import dev.sonde.symbolizer.cfi.FrameProblems;
import dev.sonde.symbolizer.cfi.FunctionSource;
import dev.sonde.symbolizer.cfi.RowWriter;
import dev.sonde.symbolizer.cfi.SavedKind;
import dev.sonde.symbolizer.cfi.X86Registers;
import dev.sonde.symbolizer.elf.ElfException;
import dev.sonde.symbolizer.elf.ElfFile;
import dev.sonde.symbolizer.elf.ElfReader;
import dev.sonde.symbolizer.elf.Section;
import java.io.IOException;

/**
 * The functions of a Go program. The table of frame sizes (pcsp) says how far rsp is below the return address; a frame
 * that is not empty has the caller's rbp as its outermost word (cmd/internal/obj/x86/obj6.go), except in assembly, which
 * may do as it likes.
 */
public final class GoFunctions implements FunctionSource {

    /** functab: two 32-bit offsets, of the function's code and of its description. */
    static final int TABLE_ENTRY_BYTES = 8;

    private static final int NAME_AT = 4;
    private static final int FRAME_SIZES_AT = 16;
    /** Where _func has its flags; the start line came with Go 1.20. */
    private static final int FLAG_AT = 41;

    private static final int FLAG_AT_1_18 = 37;

    private static final int TOP_FRAME = 1;
    private static final int WRITES_STACK_POINTER = 2;
    private static final int ASSEMBLY = 4;

    private static final int MAX_NAME_BYTES = 32;

    /** What a rule's offset holds; reflection has a function with a frame of 1 GiB (runtime/asm_amd64.s). */
    private static final long MAX_FRAME_BYTES = Integer.MAX_VALUE - Long.BYTES;

    private final PclnHeader header;
    private final long text;
    private final CodeRange code;
    private final FrameProblems problems;
    private final ElfReader table;
    private final ElfReader descriptions;
    private final FrameSizes sizes;
    private final Prologue prologue;
    private long index = -1;
    private long start;

    private GoFunctions(
            ElfFile file, Section section, PclnHeader header, long text, CodeRange code, FrameProblems problems)
            throws IOException {
        this.header = header;
        this.text = text;
        this.code = code;
        this.problems = problems;
        // Each reads its own part in order, so each has its own window.
        this.table = file.reader(section);
        this.descriptions = file.reader(section);
        this.prologue = new Prologue(file);
        this.sizes = new FrameSizes(file.reader(section), header.pcTablesAt());
        advance();
    }

    /** Those of a file, or null where it is no Go program, or one whose tables are not understood. */
    public static GoFunctions of(ElfFile file, CodeRange code, FrameProblems problems) throws IOException {
        PclnTable table = PclnTable.find(file);
        long text = table == null ? 0 : TextStart.find(file, table.section(), table.header());
        return text == 0 ? null : new GoFunctions(file, table.section(), table.header(), text, code, problems);
    }

    @Override
    public long size() {
        return header.functions();
    }

    @Override
    public long start() {
        return start;
    }

    private void advance() throws IOException {
        long former = start;
        for (index++; index < header.functions(); index++) {
            start = address(index);
            if (!code.contains(start)) {
                problems.add(FrameProblem.OUTSIDE_CODE, start);
            } else if (index > 0 && start <= former) {
                problems.add(FrameProblem.OVERLAP, start);
            } else {
                return;
            }
        }
        start = END;
    }

    private long address(long function) throws IOException {
        return text + table.u32(header.functionsAt() + function * TABLE_ENTRY_BYTES);
    }

    @Override
    public void write(long limit, RowWriter rows) throws IOException {
        long pc = start;
        long description = header.functionsAt() + table.u32(header.functionsAt() + index * TABLE_ENTRY_BYTES + 4);
        // One entry more than functions ends the last one.
        long end = Math.min(limit, Math.max(pc, address(index + 1)));
        advance();
        end = Math.min(end, start);
        if (isTrampoline(description)) {
            rows.trampoline(pc);
            rows.end(end);
            return;
        }
        rows.begin(pc);
        try {
            write(pc, end, description, rows);
        } catch (ElfException e) {
            problems.add(FrameProblem.TRUNCATED_ENTRY, pc);
            rows.broken(pc);
        }
        rows.end(end);
    }

    private int flags(long description) throws IOException {
        return descriptions.u8(description + (header.before120() ? FLAG_AT_1_18 : FLAG_AT));
    }

    /** What the runtime has signal handlers return to (runtime/sys_linux_amd64.s); its old name until Go 1.18. */
    private boolean isTrampoline(long description) throws IOException {
        try {
            return (flags(description) & ASSEMBLY) != 0
                    && descriptions
                            .text(header.namesAt() + descriptions.u32(description + NAME_AT), MAX_NAME_BYTES)
                            .startsWith("runtime.sigreturn");
        } catch (ElfException e) {
            // Whoever writes the rows meets it again.
            return false;
        }
    }

    private void write(long pc, long end, long description, RowWriter rows) throws IOException {
        int flags = flags(description);
        long name = header.namesAt() + descriptions.u32(description + NAME_AT);
        StackSwitch stackSwitch = stackSwitch(flags, name);
        boolean crossed = stackSwitch != null && stackSwitch.keepsFramePointer() && prologue.isAt(pc);
        if (!sizes.start(descriptions.u32(description + FRAME_SIZES_AT))) {
            // Nobody wrote down how large the frame is: as good as a function without a table.
            rows.rule(pc, CfaKind.UNCOVERED.code(), 0);
            return;
        }
        long at = pc;
        while (at < end && sizes.next()) {
            if (sizes.frameBytes() < -Long.BYTES || sizes.frameBytes() > MAX_FRAME_BYTES || sizes.codeBytes() <= 0) {
                problems.add(FrameProblem.BAD_LOCATION, at);
                rows.broken(at);
                return;
            }
            if (sizes.frameBytes() < 0) {
                // vfork's caller takes its return address off the stack, for its child will overwrite it.
                problems.add(FrameProblem.INEXPRESSIBLE_RETURN_ADDRESS, at);
                rows.unsupported(at);
            } else if (crossed) {
                long pieceEnd = Math.min(end, at + sizes.codeBytes());
                crossedRows(pc, at, pieceEnd, sizes.frameBytes(), stackSwitch, rows);
            } else {
                row(at, sizes.frameBytes(), flags, stackSwitch == null ? 0 : stackSwitch.code(), rows);
            }
            at += sizes.codeBytes();
        }
    }

    /** Which one it is, null for none. Only assembly can be one, and where it writes rsp at will it is one. */
    private StackSwitch stackSwitch(int flags, long name) throws IOException {
        StackSwitch known = (flags & ASSEMBLY) == 0 ? StackSwitch.OTHER : StackSwitch.of(descriptions, name);
        return known == StackSwitch.OTHER && (flags & WRITES_STACK_POINTER) == 0 ? null : known;
    }

    /**
     * Of a function that leaves its frame pointer in rbp while it goes on on the other stack, as since Go 1.21 for
     * unwinders' sake (runtime/asm_amd64.s): from one address up to another its frame is as large as told.
     */
    private static void crossedRows(
            long function, long pc, long end, long frameBytes, StackSwitch stackSwitch, RowWriter rows)
            throws IOException {
        if (frameBytes == 0) {
            row(pc, frameBytes, ASSEMBLY, 0, rows);
            return;
        }
        long framePointerSet = function + Prologue.BYTES;
        if (pc < framePointerSet) {
            row(pc, frameBytes, 0, 0, rows);
        }
        if (framePointerSet >= end) {
            return;
        }
        row(
                CfaKind.STACK_SWITCH,
                X86Registers.RBP,
                Math.max(pc, framePointerSet),
                Long.BYTES,
                SavedKind.AT_CFA,
                SavedKind.AT_CFA,
                stackSwitch.code(),
                rows);
    }

    private static void row(long pc, long frameBytes, int flags, int stackSwitch, RowWriter rows) throws IOException {
        row(
                stackSwitch == 0 ? CfaKind.REGISTER : CfaKind.STACK_SWITCH,
                X86Registers.RSP,
                pc,
                frameBytes,
                rbp(frameBytes, flags),
                (flags & TOP_FRAME) != 0 ? SavedKind.UNDEFINED : SavedKind.AT_CFA,
                stackSwitch,
                rows);
    }

    private static void row(
            CfaKind kind,
            int register,
            long pc,
            long frameBytes,
            SavedKind rbp,
            SavedKind returnAddress,
            int addend,
            RowWriter rows)
            throws IOException {
        long low = kind.code()
                | ((long) register << 8)
                | ((long) rbp.code() << 16)
                | ((long) returnAddress.code() << 24)
                | ((frameBytes + Long.BYTES) << 32);
        long rbpOffset = rbp == SavedKind.AT_CFA ? -2 * Long.BYTES : 0;
        long returnOffset = returnAddress == SavedKind.AT_CFA ? -Long.BYTES : 0;
        rows.rule(pc, low, (rbpOffset & 0xffff_ffffL) | ((returnOffset & 0xffff) << 32) | ((long) addend << 48));
    }

    private static SavedKind rbp(long frameBytes, int flags) {
        if (frameBytes == 0) {
            return SavedKind.SAME;
        }
        return (flags & ASSEMBLY) != 0 ? SavedKind.UNDEFINED : SavedKind.AT_CFA;
    }
}
