package dev.sonde.symbolizer.cfi.dwarf;

import dev.sonde.symbolizer.cfi.FrameProblem;
import java.io.IOException;

/** Reads the head of one FDE after another: the function's range, its CIE, and where its instructions lie. */
final class FdeReader {

    private final FrameSection section;
    private final CieReader cies;
    private final CfiCursor cursor = new CfiCursor();
    private Cie cie;
    private long start;
    private long sizeBytes;

    FdeReader(FrameSection section, CieReader cies) {
        this.section = section;
        this.cies = cies;
    }

    /** Reads the FDE that starts at an offset of the section. */
    void read(long offset) throws IOException, CfiFault {
        FrameEntry entry = section.head(offset);
        if (entry.isCie()) {
            throw new CfiFault(FrameProblem.BAD_CIE);
        }
        read(entry);
    }

    void read(FrameEntry entry) throws IOException, CfiFault {
        cie = cies.at(entry.cie());
        section.load(entry, cursor);
        start = cursor.pointer(cie.pointerEncoding());
        // The length has the pointer's width and no sign.
        sizeBytes = cursor.value(cie.pointerEncoding() & 0x7);
    }

    /** Moves the cursor to the instructions. */
    CfiCursor instructions() throws CfiFault {
        if (cie.hasAugmentationData()) {
            cursor.skip(cursor.uleb());
        }
        return cursor;
    }

    Cie cie() {
        return cie;
    }

    /** The function's first ELF virtual address. */
    long start() {
        return start;
    }

    /** Bytes of the function; unsigned. */
    long sizeBytes() {
        return sizeBytes;
    }
}
