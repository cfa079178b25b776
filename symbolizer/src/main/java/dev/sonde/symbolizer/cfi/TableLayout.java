package dev.sonde.symbolizer.cfi;

/**
 * The numbers that a look-up in a table's blocks needs; the package's description tells how.
 *
 * @param base the ELF virtual address that the first page starts at
 * @param pageShift binary logarithm of a page's bytes of code, 10 to 16
 * @param pages how many pages there are
 * @param rowBlocks how many blocks of rows precede the blocks of the page index
 * @param rows how many rows there are
 * @param rules how many distinct rules they name
 */
public record TableLayout(long base, int pageShift, int pages, int rowBlocks, int rows, int rules) {

    /** Bytes of a block: what one element of a BPF array holds. */
    public static final int BLOCK_BYTES = 4096;
    /** Rows of a block. */
    public static final int ROWS_PER_BLOCK = BLOCK_BYTES / Integer.BYTES;
    /** Entries of the page index in a block. */
    public static final int PAGES_PER_BLOCK = BLOCK_BYTES / Long.BYTES;

    /** A page of 1 KiB has at most 1,024 rows, and so always fits a block. */
    public static final int MIN_PAGE_SHIFT = 10;
    /** Rows hold 16 bits of the address. */
    public static final int MAX_PAGE_SHIFT = 16;
    /** 16 MiB of index: the largest range of code in the smallest pages. */
    public static final int MAX_PAGES = 1 << 21;

    /** Blocks of the page index. */
    public int indexBlocks() {
        return (pages + PAGES_PER_BLOCK - 1) / PAGES_PER_BLOCK;
    }

    /** All blocks: those of rows, then those of the index. */
    public int blocks() {
        return rowBlocks + indexBlocks();
    }

    /** What the blocks take. */
    public long blockBytes() {
        return (long) blocks() * BLOCK_BYTES;
    }

    /** The page that an ELF virtual address lies in, or -1 outside of all. */
    int page(long pc) {
        long page = (pc - base) >>> pageShift;
        return Long.compareUnsigned(pc, base) >= 0 && page < pages ? (int) page : -1;
    }

    long pageStart(int page) {
        return base + ((long) page << pageShift);
    }
}
