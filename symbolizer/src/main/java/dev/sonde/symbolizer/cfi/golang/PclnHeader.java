package dev.sonde.symbolizer.cfi.golang;

import dev.sonde.symbolizer.elf.ElfReader;
import java.io.IOException;

/**
 * The pcHeader of runtime/symtab.go, of Go 1.18 and later. Offsets are from its start.
 *
 * @param functions how many functions there are
 * @param textStart what function offsets are relative to; 0 from Go 1.26 on
 * @param namesAt where function names start
 * @param pcTablesAt where the tables by address start, among them those of frame sizes
 * @param functionsAt where the function table starts
 */
record PclnHeader(long functions, long textStart, long namesAt, long pcTablesAt, long functionsAt) {

    private static final long GO_1_18 = 0xffff_fff0L;
    private static final long GO_1_20 = 0xffff_fff1L;
    private static final int BYTES = 72;

    /** The header, or null where it is of another version or contradicts the section. */
    static PclnHeader read(ElfReader section) throws IOException {
        if (section.sizeBytes() < BYTES) {
            return null;
        }
        long magic = section.u32(0);
        // Two zeros, instructions of one byte, pointers of eight: x86-64.
        boolean known = (magic == GO_1_18 || magic == GO_1_20) && section.u32(4) == 0x0801_0000L;
        if (!known) {
            return null;
        }
        PclnHeader header =
                new PclnHeader(section.i64(8), section.i64(24), section.i64(32), section.i64(56), section.i64(64));
        return header.fits(section.sizeBytes()) ? header : null;
    }

    private boolean fits(long size) {
        return isWithin(namesAt, size)
                && isWithin(pcTablesAt, size)
                && isWithin(functionsAt, size)
                && functions > 0
                && functions < (size - functionsAt) / GoFunctions.TABLE_ENTRY_BYTES;
    }

    private static boolean isWithin(long offset, long size) {
        return offset >= BYTES && offset < size;
    }
}
