package dev.sonde.symbolizer.cfi.golang;

import dev.sonde.symbolizer.elf.ElfReader;
import java.io.IOException;

/**
 * The pcHeader of runtime/symtab.go, of Go 1.18 and later. Positions are those of its section.
 *
 * @param at where it starts
 * @param before120 whether it is of Go 1.18 or 1.19
 * @param functions how many functions there are
 * @param textStart what function offsets are relative to; 0 from Go 1.26 on
 * @param namesAt where function names start
 * @param pcTablesAt where the tables by address start, among them those of frame sizes
 * @param functionsAt where the function table starts
 */
record PclnHeader(
        long at, boolean before120, long functions, long textStart, long namesAt, long pcTablesAt, long functionsAt) {

    private static final long GO_1_18 = 0xffff_fff0L;
    private static final long GO_1_20 = 0xffff_fff1L;
    private static final int BYTES = 72;

    /** Offset of the field that held the text start up to Go 1.25. */
    static final int TEXT_START_AT = 24;

    /** The header, or null where it is of another version or contradicts the section. */
    static PclnHeader read(ElfReader section, long at) throws IOException {
        if (section.sizeBytes() - at < BYTES) {
            return null;
        }
        long magic = section.u32(at);
        // Two zeros, instructions of one byte, pointers of eight: x86-64.
        boolean known = (magic == GO_1_18 || magic == GO_1_20) && section.u32(at + 4) == 0x0801_0000L;
        if (!known) {
            return null;
        }
        PclnHeader header = new PclnHeader(
                at,
                magic == GO_1_18,
                section.i64(at + 8),
                section.i64(at + TEXT_START_AT),
                at + section.i64(at + 32),
                at + section.i64(at + 56),
                at + section.i64(at + 64));
        return header.fits(section.sizeBytes()) ? header : null;
    }

    private boolean fits(long size) {
        return isWithin(namesAt, size)
                && isWithin(pcTablesAt, size)
                && isWithin(functionsAt, size)
                && functions > 0
                && functions < (size - functionsAt) / GoFunctions.TABLE_ENTRY_BYTES;
    }

    private boolean isWithin(long position, long size) {
        return position >= at + BYTES && position < size;
    }
}
