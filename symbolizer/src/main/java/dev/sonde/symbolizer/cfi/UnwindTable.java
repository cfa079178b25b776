package dev.sonde.symbolizer.cfi;

import dev.sonde.symbolizer.elf.ElfFile;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * How every instruction of a file gets to its caller: blocks of rows, in the layout that the package's description
 * shows, and the rules that the rows name. One thread at a time.
 */
public final class UnwindTable implements AutoCloseable {

    private static final VarHandle U32 = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle I64 = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final TableLayout layout;
    private final UnwindRules rules;
    private final FrameProblems problems;
    private final TableBlocks blocks;
    private final byte[] indexBlock = new byte[TableLayout.BLOCK_BYTES];
    private final byte[] rowBlock = new byte[TableLayout.BLOCK_BYTES];
    private int indexBlockNumber = -1;
    private int rowBlockNumber = -1;

    UnwindTable(TableLayout layout, UnwindRules rules, FrameProblems problems, TableBlocks blocks) {
        this.layout = layout;
        this.rules = rules;
        this.problems = problems;
        this.blocks = blocks;
    }

    /**
     * A table of code that is no file's: of blocks that a {@link TableBuilder} made.
     *
     * @param rules the rules that its rows number
     */
    public static UnwindTable of(TableLayout layout, UnwindRules rules, TableBlocks blocks) {
        return new UnwindTable(layout, rules, new FrameProblems(), blocks);
    }

    /**
     * Builds the table of a file in memory.
     *
     * @throws dev.sonde.symbolizer.elf.ElfException when the file is broken as a whole, or beyond a bound; a function
     *     that is broken is counted in {@link #problems()}
     */
    public static UnwindTable read(ElfFile file) throws IOException {
        TableBlocks.Heap heap = new TableBlocks.Heap();
        UnwindRules rules = new UnwindRules();
        FrameProblems problems = new FrameProblems();
        TableLayout layout = TableAssembly.build(file, rules, problems, heap);
        return new UnwindTable(layout, rules, problems, heap);
    }

    /** The numbers for a look-up in the blocks. */
    public TableLayout layout() {
        return layout;
    }

    /** The rules that rows number; the fixed three first. */
    public UnwindRules rules() {
        return rules;
    }

    /** What could not become rows. */
    public FrameProblems problems() {
        return problems;
    }

    /**
     * Copies a block of {@link TableLayout#BLOCK_BYTES}: rows below {@link TableLayout#rowBlocks()}, the page index
     * from there on.
     */
    public void readBlock(int block, byte[] into) throws IOException {
        if (block < 0 || block >= layout.blocks() || into.length != TableLayout.BLOCK_BYTES) {
            throw new IndexOutOfBoundsException("block: " + block + " into " + into.length + " bytes (expected: 0 to "
                    + (layout.blocks() - 1) + " into " + TableLayout.BLOCK_BYTES + ")");
        }
        blocks.read(block, into);
    }

    /** The number of the rule that holds at an ELF virtual address. */
    public int ruleNumberAt(long pc) throws IOException {
        int page = layout.page(pc);
        if (page < 0) {
            return UnwindRules.UNCOVERED;
        }
        long entry = entry(page);
        int at = rowsUpTo(entry, (int) (pc - layout.pageStart(page)));
        return at == 0 ? pageRule(entry) : row(firstRow(entry) + at - 1) >>> 16;
    }

    /** The ELF virtual address from which on that rule holds, as far as its page reaches. */
    public long rowStart(long pc) throws IOException {
        int page = layout.page(pc);
        if (page < 0) {
            return pc;
        }
        long entry = entry(page);
        long start = layout.pageStart(page);
        int at = rowsUpTo(entry, (int) (pc - start));
        return at == 0 ? start : start + (row(firstRow(entry) + at - 1) & 0xffff);
    }

    /** How many of a page's rows start at or below an offset in it. */
    private int rowsUpTo(long entry, int offset) throws IOException {
        int first = firstRow(entry);
        int low = 0;
        int high = rowCount(entry);
        while (low < high) {
            int middle = (low + high) >>> 1;
            if ((row(first + middle) & 0xffff) <= offset) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** The rule that holds at an ELF virtual address. */
    public UnwindRule ruleAt(long pc) throws IOException {
        return rules.get(ruleNumberAt(pc));
    }

    /** Takes rows by ascending address. */
    public interface RowVisitor {
        /** From this ELF virtual address up to the next row's the rule of this number holds. */
        void row(long pc, int rule) throws IOException;
    }

    /** Visits all rows; a row equal to its predecessor is none. */
    public void forEachRow(RowVisitor visitor) throws IOException {
        int last = UnwindRules.UNCOVERED;
        for (int page = 0; page < layout.pages(); page++) {
            long entry = entry(page);
            long start = layout.pageStart(page);
            if (pageRule(entry) != last) {
                last = pageRule(entry);
                visitor.row(start, last);
            }
            for (int i = 0; i < rowCount(entry); i++) {
                int row = row(firstRow(entry) + i);
                last = row >>> 16;
                visitor.row(start + (row & 0xffff), last);
            }
        }
    }

    private long entry(int page) throws IOException {
        int block = layout.rowBlocks() + page / TableLayout.PAGES_PER_BLOCK;
        if (block != indexBlockNumber) {
            indexBlockNumber = -1;
            blocks.read(block, indexBlock);
            indexBlockNumber = block;
        }
        return (long) I64.get(indexBlock, page % TableLayout.PAGES_PER_BLOCK * Long.BYTES);
    }

    private static int firstRow(long entry) {
        return (int) entry;
    }

    private static int rowCount(long entry) {
        return (int) (entry >>> 32) & 0xffff;
    }

    private static int pageRule(long entry) {
        return (int) (entry >>> 48);
    }

    private int row(int number) throws IOException {
        int block = number / TableLayout.ROWS_PER_BLOCK;
        if (block != rowBlockNumber) {
            rowBlockNumber = -1;
            blocks.read(block, rowBlock);
            rowBlockNumber = block;
        }
        return (int) U32.get(rowBlock, number % TableLayout.ROWS_PER_BLOCK * Integer.BYTES);
    }

    @Override
    public void close() throws IOException {
        blocks.close();
    }
}
