package dev.sonde.agent.unwind;

import dev.sonde.agent.kernel.code.UnwindTableImage;
import dev.sonde.symbolizer.cfi.TableLayout;
import dev.sonde.symbolizer.cfi.UnwindRule;
import dev.sonde.symbolizer.cfi.UnwindRules;
import dev.sonde.symbolizer.cfi.UnwindTable;
import dev.sonde.symbolizer.elf.ElfFile;
import dev.sonde.symbolizer.elf.LoadSegment;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** A file's unwind table on its way to the unwinder. One thread at a time. */
public final class FileTable implements AutoCloseable {

    private static final VarHandle I64 = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final int RULES_PER_BLOCK = TableLayout.BLOCK_BYTES / UnwindRule.BYTES;

    private final UnwindTable table;
    private final List<LoadSegment> executable;

    /**
     * @param table closed with this; null where the file has none
     * @param segments the file's load segments
     */
    FileTable(UnwindTable table, List<LoadSegment> segments) {
        this.table = table;
        this.executable = segments.stream().filter(LoadSegment::executable).toList();
    }

    /**
     * Makes the table of a file, which can be closed afterwards.
     *
     * @throws dev.sonde.symbolizer.elf.ElfException when the file is broken as a whole
     */
    public static FileTable read(ElfFile file) throws IOException {
        return new FileTable(UnwindTable.read(file), file.loadSegments());
    }

    /** A file without frame information. */
    static FileTable none() {
        return new FileTable(null, List.of());
    }

    /** What the unwinder gets; empty when there is nothing to say about any of the file's code. Open as long as this. */
    public Optional<UnwindTableImage> image() {
        if (table == null
                || table.layout().rows() == 0
                || executable.isEmpty()
                || executable.size() > UnwindTableImage.MAX_SEGMENTS) {
            return Optional.empty();
        }
        TableLayout layout = table.layout();
        int rules = table.rules().size();
        int ruleBlocks = (rules + RULES_PER_BLOCK - 1) / RULES_PER_BLOCK;
        return Optional.of(new UnwindTableImage(
                this::readBlock,
                layout.blocks() + ruleBlocks,
                layout.rowBlocks(),
                layout.blocks(),
                layout.pages(),
                layout.pageShift(),
                executable.stream().map(this::segment).toList()));
    }

    private UnwindTableImage.Segment segment(LoadSegment segment) {
        // Mappings are of whole pages, so a segment's first and last page hold bytes that are not its own.
        return new UnwindTableImage.Segment(
                segment.offset(),
                segment.offset() + segment.fileSizeBytes(),
                segment.vaddr() - segment.offset() - table.layout().base());
    }

    private void readBlock(int number, byte[] into) throws IOException {
        int first = (number - table.layout().blocks()) * RULES_PER_BLOCK;
        if (first < 0) {
            table.readBlock(number, into);
            return;
        }
        Arrays.fill(into, (byte) 0);
        UnwindRules rules = table.rules();
        for (int i = first; i < Math.min(rules.size(), first + RULES_PER_BLOCK); i++) {
            UnwindRule rule = rules.get(i);
            I64.set(into, (i - first) * UnwindRule.BYTES, rule.low());
            I64.set(into, (i - first) * UnwindRule.BYTES + Long.BYTES, rule.high());
        }
    }

    @Override
    public void close() throws IOException {
        if (table != null) {
            table.close();
        }
    }
}
