package dev.sonde.symbolizer.cfi;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Makes blocks from rows that come by ascending address. Holds one page of rows, one block and the page index: 8 bytes
 * a page.
 */
public final class TableBuilder {

    private static final VarHandle U32 = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle I64 = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final long base;
    private final int pageShift;
    private final BlockSink sink;
    private final long[] index;
    private final int[] pageRows = new int[TableLayout.ROWS_PER_BLOCK];
    private final byte[] block = new byte[TableLayout.BLOCK_BYTES];

    private int page;
    private int pageCount;
    private int pageRule = UnwindRules.UNCOVERED;
    private int lastRule = UnwindRules.UNCOVERED;
    private int blocks;
    private int blockRows;
    private int rows;
    private long pendingOffset;
    private int pendingRule = UnwindRules.UNCOVERED;

    /** More rows in a page than a block holds: the pages must be smaller. Impossible in the smallest pages. */
    public static final class PageOverflowException extends IOException {
        private static final long serialVersionUID = 1L;

        PageOverflowException() {
            super("rows of a page: more than " + TableLayout.ROWS_PER_BLOCK);
        }
    }

    /**
     * A table of so many pages.
     *
     * @param base the ELF virtual address of the first page
     * @param pageShift binary logarithm of a page's bytes
     */
    public TableBuilder(long base, int pageShift, int pages, BlockSink sink) {
        this.base = base;
        this.pageShift = pageShift;
        this.index = new long[pages];
        this.sink = sink;
    }

    /**
     * From an ELF virtual address on this rule holds. Of several for one address the last counts, and one equal to its
     * predecessor is none.
     */
    public void row(long pc, int rule) throws IOException {
        long offset = pc - base;
        if (offset != pendingOffset) {
            flushPending();
            pendingOffset = offset;
        }
        pendingRule = rule;
    }

    private void flushPending() throws IOException {
        if (pendingRule == lastRule) {
            return;
        }
        int target = (int) (pendingOffset >>> pageShift);
        while (page < target) {
            closePage();
        }
        int low = (int) pendingOffset & ((1 << pageShift) - 1);
        lastRule = pendingRule;
        if (low == 0) {
            pageRule = pendingRule;
            return;
        }
        if (pageCount == pageRows.length) {
            throw new PageOverflowException();
        }
        pageRows[pageCount++] = low | (pendingRule << 16);
    }

    private void closePage() throws IOException {
        // A page's rows never straddle blocks, so that one look-up of a block serves the whole bisection.
        if (blockRows + pageCount > TableLayout.ROWS_PER_BLOCK) {
            writeRowBlock();
        }
        long first = (long) blocks * TableLayout.ROWS_PER_BLOCK + blockRows;
        for (int i = 0; i < pageCount; i++) {
            U32.set(block, (blockRows + i) * Integer.BYTES, pageRows[i]);
        }
        index[page++] = first | ((long) pageCount << 32) | ((long) pageRule << 48);
        blockRows += pageCount;
        rows += pageCount;
        pageCount = 0;
        pageRule = lastRule;
    }

    private void writeRowBlock() throws IOException {
        Arrays.fill(block, blockRows * Integer.BYTES, block.length, (byte) 0);
        sink.write(block);
        blocks++;
        blockRows = 0;
    }

    /** Writes what is left and the page index. */
    public TableLayout finish(int rules) throws IOException {
        flushPending();
        while (page < index.length) {
            closePage();
        }
        if (blockRows > 0) {
            writeRowBlock();
        }
        TableLayout layout = new TableLayout(base, pageShift, index.length, blocks, rows, rules);
        for (int from = 0; from < index.length; from += TableLayout.PAGES_PER_BLOCK) {
            Arrays.fill(block, (byte) 0);
            int count = Math.min(TableLayout.PAGES_PER_BLOCK, index.length - from);
            for (int i = 0; i < count; i++) {
                I64.set(block, i * Long.BYTES, index[from + i]);
            }
            sink.write(block);
        }
        return layout;
    }
}
