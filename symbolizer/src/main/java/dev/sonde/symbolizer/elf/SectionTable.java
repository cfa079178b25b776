package dev.sonde.symbolizer.elf;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Reads the section headers and their names. */
final class SectionTable {

    /**
     * SHN_LORESERVE: above it a symbol's 16-bit section index no longer reaches. Linkers go there only for relocatable
     * files, which no process maps.
     */
    private static final int MAX_SECTIONS = 0xff00;

    /** Section names of executables are short; the bound keeps 65,280 of them below 16 MiB. */
    private static final int MAX_NAME_BYTES = 255;

    private SectionTable() {}

    /** The sections in order, index 0 included; empty where the file has none. */
    static List<Section> read(ElfReader file, ElfHeader header) throws IOException {
        if (header.sectionOffset() == 0) {
            return List.of();
        }
        ElfRanges.checkInFile("e_shoff", header.sectionOffset(), ElfHeader.SECTION_HEADER_BYTES, file.sizeBytes());
        int entrySize = file.u16(58);
        if (entrySize != ElfHeader.SECTION_HEADER_BYTES) {
            throw ElfException.malformed("e_shentsize", entrySize, "64");
        }
        Section first = Section.read(file, header.sectionOffset(), "");
        long count = header.sectionCount() == 0 ? first.sizeBytes() : header.sectionCount();
        if (count < 0 || count > MAX_SECTIONS) {
            throw ElfException.tooLarge("e_shnum", Long.toUnsignedString(count), "at most " + MAX_SECTIONS);
        }
        ElfRanges.checkInFile(
                "e_shnum", header.sectionOffset(), count * ElfHeader.SECTION_HEADER_BYTES, file.sizeBytes());
        return read(file, header, (int) count);
    }

    private static List<Section> read(ElfReader file, ElfHeader header, int count) throws IOException {
        long names = namesHeader(header, count);
        long namesOffset = names < 0 ? 0 : file.i64(names + 24);
        long namesSize = names < 0 ? 0 : file.i64(names + 32);
        ElfRanges.checkInFile("e_shstrndx section", namesOffset, namesSize, file.sizeBytes());
        ElfReader nameReader = file.slice("section names", namesOffset, namesSize);
        List<Section> sections = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            long at = header.sectionOffset() + (long) i * ElfHeader.SECTION_HEADER_BYTES;
            long nameAt = file.u32(at);
            String name = nameAt < namesSize ? nameReader.text(nameAt, MAX_NAME_BYTES) : "";
            sections.add(Section.read(file, at, name));
        }
        return List.copyOf(sections);
    }

    /** Where the header of the name table lies; -1 for SHN_UNDEF, a file whose sections have no names. */
    private static long namesHeader(ElfHeader header, int count) throws ElfException {
        int index = header.sectionNames();
        if (index == 0) {
            return -1;
        }
        if (index >= count) {
            throw ElfException.malformed("e_shstrndx", index, "below the " + count + " sections");
        }
        return header.sectionOffset() + (long) index * ElfHeader.SECTION_HEADER_BYTES;
    }
}
