package dev.sonde.symbolizer.cfi.dwarf;

import dev.sonde.symbolizer.elf.ElfException;
import dev.sonde.symbolizer.elf.ElfFile;
import dev.sonde.symbolizer.elf.ElfReader;
import dev.sonde.symbolizer.elf.ProgramHeader;
import dev.sonde.symbolizer.elf.Section;
import java.io.IOException;
import java.util.Optional;

/** Finds a file's frame information: by its sections, or by program headers where those were stripped. */
final class FrameSections {

    /** PT_GNU_EH_FRAME (LSB 5.0, section 12.1). */
    private static final int EH_FRAME_HEADER = 0x6474_e550;

    /** FDEs are sorted by 32-bit offsets. */
    private static final long MAX_BYTES = 0xffff_ffffL;

    private FrameSections() {}

    /** The section to read, or null where the file has none: .eh_frame, else .debug_frame. */
    static FrameSection find(ElfFile file, EhFrameHeader header, boolean orDebugFrame) throws IOException {
        FrameSection found = bySection(file, ".eh_frame", false);
        if (found == null && header != null) {
            found = byAddress(file, header.frameAddress());
        }
        return found == null && orDebugFrame ? bySection(file, ".debug_frame", true) : found;
    }

    /** .eh_frame_hdr, or null where there is none that is understood. */
    static EhFrameHeader header(ElfFile file) throws IOException {
        for (ProgramHeader segment : file.programHeaders()) {
            if (segment.type() == EH_FRAME_HEADER && segment.fileSizeBytes() > 0) {
                try {
                    return EhFrameHeader.read(file.rawReader(segment), segment.vaddr());
                } catch (ElfException e) {
                    // It lies outside of the file: the section may still be sound.
                    return null;
                }
            }
        }
        return null;
    }

    private static FrameSection bySection(ElfFile file, String name, boolean debug) throws IOException {
        Optional<Section> section;
        try {
            section = file.section(name);
        } catch (ElfException e) {
            // A packed file runs without its section headers.
            return null;
        }
        if (section.isEmpty() || section.get().type() == Section.NOBITS) {
            return null;
        }
        ElfReader reader = file.reader(section.get());
        checkSize(name, reader.sizeBytes());
        long address = debug ? 0 : section.get().address();
        return reader.sizeBytes() == 0 ? null : new FrameSection(reader, 0, reader.sizeBytes(), address, debug, true);
    }

    private static FrameSection byAddress(ElfFile file, long address) throws IOException {
        for (ProgramHeader segment : file.programHeaders()) {
            long offset = address - segment.vaddr();
            if (segment.type() == ProgramHeader.LOAD
                    && Long.compareUnsigned(offset, segment.fileSizeBytes()) < 0
                    && offset >= 0) {
                ElfReader reader = file.rawReader(segment);
                long size = Math.min(reader.sizeBytes() - offset, MAX_BYTES);
                return new FrameSection(reader, offset, size, address, false, false);
            }
        }
        return null;
    }

    private static void checkSize(String name, long size) throws ElfException {
        if (size > MAX_BYTES) {
            throw ElfException.tooLarge(name, size + " bytes", "at most " + MAX_BYTES);
        }
    }
}
