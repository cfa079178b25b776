package dev.sonde.symbolizer.cfi.dwarf;

import dev.sonde.symbolizer.elf.ElfReader;
import java.io.IOException;

/**
 * .eh_frame_hdr (LSB 5.0, section 10.6.2): where .eh_frame starts and, mostly, its FDEs sorted by address.
 *
 * @param reader its bytes
 * @param address its ELF virtual address
 * @param frameAddress the ELF virtual address of .eh_frame
 * @param tableAt where the sorted table starts in the reader
 * @param count entries of the table; 0 where there is none that can be read
 */
record EhFrameHeader(ElfReader reader, long address, long frameAddress, long tableAt, long count) {

    private static final int HEAD_BYTES = 64;

    /** sdata4, relative to the header: the only encoding that linkers write. */
    private static final int TABLE_ENCODING = 0x3b;

    private static final int OMITTED = 0xff;
    private static final int ENTRY_BYTES = 8;

    /** The header, or null where it is not understood. */
    static EhFrameHeader read(ElfReader reader, long address) throws IOException {
        byte[] head = new byte[(int) Math.min(HEAD_BYTES, reader.sizeBytes())];
        reader.copy(0, head, 0, head.length);
        CfiCursor cursor = new CfiCursor();
        cursor.reset(head, 0, head.length, address);
        try {
            if (cursor.u8() != 1) {
                return null;
            }
            int frameEncoding = cursor.u8();
            int countEncoding = cursor.u8();
            int tableEncoding = cursor.u8();
            long frameAddress = cursor.pointer(frameEncoding);
            long count = 0;
            if (tableEncoding == TABLE_ENCODING && countEncoding != OMITTED) {
                count = cursor.value(countEncoding);
            }
            long tableAt = cursor.position();
            if (count < 0 || count > (reader.sizeBytes() - tableAt) / ENTRY_BYTES) {
                count = 0;
            }
            return new EhFrameHeader(reader, address, frameAddress, tableAt, count);
        } catch (CfiFault e) {
            return null;
        }
    }

    /** The ELF virtual address where the function of an entry starts. */
    long functionAddress(long index) throws IOException {
        return address + (int) reader.u32(tableAt + index * ENTRY_BYTES);
    }

    /** The ELF virtual address of the FDE of an entry. */
    long entryAddress(long index) throws IOException {
        return address + (int) reader.u32(tableAt + index * ENTRY_BYTES + 4);
    }
}
