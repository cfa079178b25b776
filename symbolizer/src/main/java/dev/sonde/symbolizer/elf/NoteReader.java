package dev.sonde.symbolizer.elf;

import dev.sonde.model.BuildId;
import java.io.IOException;
import java.util.HexFormat;
import java.util.Optional;

/** Looks through notes (elf(5), "Notes (Nhdr)") for NT_GNU_BUILD_ID. */
final class NoteReader {

    private static final int GNU_BUILD_ID = 3;
    private static final int HEADER_BYTES = 12;
    private static final int MAX_ID_BYTES = BuildId.MAX_HEX_LENGTH / 2;

    /** A note segment of an executable holds a handful; core files hold thousands, and are not read for build ids. */
    private static final int MAX_NOTES = 1024;

    private NoteReader() {}

    /**
     * The build id among the notes of a range. Notes that contradict their range end the search there, as if the file
     * had no more: separate debuginfo may carry program headers whose offsets no longer hold.
     *
     * @param alignment of names and descriptions: 8 for .note.gnu.property, else 4
     */
    static Optional<BuildId> gnuBuildId(ElfReader notes, long alignment) throws IOException {
        long align = alignment == 8 ? 8 : 4;
        long at = 0;
        for (int i = 0; i < MAX_NOTES && at <= notes.sizeBytes() - HEADER_BYTES; i++) {
            long nameSize = notes.u32(at);
            long idSize = notes.u32(at + 4);
            long type = notes.u32(at + 8);
            long nameAt = at + HEADER_BYTES;
            long idAt = alignUp(nameAt + nameSize, align);
            if (!ElfRanges.within(idAt, idSize, notes.sizeBytes())) {
                return Optional.empty();
            }
            if (type == GNU_BUILD_ID && isGnu(notes, nameAt, nameSize) && idSize >= 1 && idSize <= MAX_ID_BYTES) {
                byte[] id = new byte[(int) idSize];
                notes.copy(idAt, id, 0, id.length);
                return Optional.of(new BuildId(BuildId.Type.GNU, HexFormat.of().formatHex(id)));
            }
            at = alignUp(idAt + idSize, align);
        }
        return Optional.empty();
    }

    private static boolean isGnu(ElfReader notes, long at, long size) throws IOException {
        // "GNU" and its zero byte as one little-endian word.
        return size == 4 && notes.u32(at) == 0x00554e47L;
    }

    private static long alignUp(long value, long alignment) {
        return (value + alignment - 1) & -alignment;
    }
}
