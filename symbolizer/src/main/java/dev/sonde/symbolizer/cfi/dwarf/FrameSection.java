package dev.sonde.symbolizer.cfi.dwarf;

import dev.sonde.symbolizer.cfi.FrameProblem;
import dev.sonde.symbolizer.elf.ElfReader;
import java.io.IOException;

/**
 * The bytes of .eh_frame (LSB 5.0, section 10.6) or .debug_frame (DWARF 5, section 6.4), entry by entry. The two differ
 * in how an FDE points to its CIE.
 */
final class FrameSection {

    /**
     * The longest FDE read: one byte a row at least, so this also bounds the rows of a function. The largest seen
     * (generated code in librustc_driver) has some KiB.
     */
    private static final int MAX_FDE_BYTES = 1 << 20;

    /** The longest CIE read. Assemblers write some 20 bytes; the bound keeps reading one again cheap. */
    private static final int MAX_CIE_BYTES = 1024;

    /**
     * Zero words in a row, a page of them. Linkers leave a terminator and padding to the next entry, at most some dozen
     * bytes; a sparse file may have gigabytes of zeros that cost it nothing.
     */
    static final int MAX_ZERO_WORDS = 1024;

    private static final long WIDE = 0xffff_ffffL;
    private static final long DEBUG_CIE_ID = 0xffff_ffffL;

    private final ElfReader reader;
    private final long base;
    private final long sizeBytes;
    private final long address;
    private final boolean debug;
    private final boolean exactSize;
    private byte[] buffer = new byte[4096];

    /**
     * A section that starts at {@code base} of the reader.
     *
     * @param address its ELF virtual address; 0 for .debug_frame, which is not loaded
     * @param debug whether it is .debug_frame
     * @param exactSize whether the size is the section's: then entries may follow a terminator, which linkers leave in
     *     the middle when a file of startup code brought one. Otherwise the first terminator ends it.
     */
    FrameSection(ElfReader reader, long base, long sizeBytes, long address, boolean debug, boolean exactSize) {
        this.reader = reader;
        this.base = base;
        this.sizeBytes = sizeBytes;
        this.address = address;
        this.debug = debug;
        this.exactSize = exactSize;
    }

    boolean debug() {
        return debug;
    }

    long sizeBytes() {
        return sizeBytes;
    }

    long address() {
        return address;
    }

    /** The first entry at or after an offset, or null at the end. More zeros than linkers leave are a fault. */
    FrameEntry next(long offset) throws IOException, CfiFault {
        long at = offset;
        for (int zeros = 0; sizeBytes - at >= 4; zeros++, at += 4) {
            if (reader.u32(base + at) != 0) {
                return head(at);
            }
            if (!exactSize) {
                return null;
            }
            if (zeros == MAX_ZERO_WORDS) {
                throw new CfiFault(FrameProblem.TRUNCATED_ENTRY);
            }
        }
        return null;
    }

    /** The head of the entry that starts at an offset. */
    FrameEntry head(long offset) throws IOException, CfiFault {
        require(offset, 4);
        long length = reader.u32(base + offset);
        boolean wide = length == WIDE;
        if (wide) {
            require(offset, 12);
            length = reader.i64(base + offset + 4);
        }
        long id = offset + (wide ? 12 : 4);
        // LSB: the CIE pointer of .eh_frame has 4 bytes even where the length has 8.
        int idBytes = wide && debug ? 8 : 4;
        if (length < idBytes) {
            throw new CfiFault(FrameProblem.TRUNCATED_ENTRY);
        }
        require(id, length);
        long pointer = idBytes == 8 ? reader.i64(base + id) : reader.u32(base + id);
        return new FrameEntry(offset, id + idBytes, id + length, cie(id, pointer, wide), wide);
    }

    private long cie(long id, long pointer, boolean wide) throws CfiFault {
        boolean isCie = debug ? pointer == (wide ? -1 : DEBUG_CIE_ID) : pointer == 0;
        if (isCie) {
            return -1;
        }
        long at = debug ? pointer : id - pointer;
        if (at < 0 || at >= sizeBytes) {
            throw new CfiFault(FrameProblem.BAD_CIE);
        }
        return at;
    }

    /** Points the cursor at an entry's content. The cursor's bytes stay as they are until the next load. */
    void load(FrameEntry entry, CfiCursor into) throws IOException, CfiFault {
        long length = entry.end() - entry.content();
        if (length > (entry.isCie() ? MAX_CIE_BYTES : MAX_FDE_BYTES)) {
            throw new CfiFault(FrameProblem.ENTRY_TOO_LONG);
        }
        if (length > buffer.length) {
            buffer = new byte[Integer.highestOneBit((int) length) * 2];
        }
        reader.copy(base + entry.content(), buffer, 0, (int) length);
        into.reset(buffer, 0, (int) length, address + entry.content());
    }

    private void require(long offset, long length) throws CfiFault {
        if (offset < 0 || length < 0 || offset > sizeBytes || length > sizeBytes - offset) {
            throw new CfiFault(FrameProblem.TRUNCATED_ENTRY);
        }
    }
}
