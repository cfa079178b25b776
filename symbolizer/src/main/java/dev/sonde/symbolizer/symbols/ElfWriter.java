package dev.sonde.symbolizer.symbols;

import dev.sonde.symbolizer.elf.ElfException;
import dev.sonde.symbolizer.elf.ProgramHeader;
import dev.sonde.symbolizer.elf.Section;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Lays out an ELF64 file whose contents are given as sizes and writers, and writes it front to back: header, program
 * headers, contents, section headers.
 */
final class ElfWriter {

    /** Writes as many bytes as were announced. */
    interface Content {
        void writeTo(OutputStream sink) throws IOException;
    }

    private static final int HEADER_BYTES = 64;
    private static final int PROGRAM_HEADER_BYTES = 56;
    private static final int ALIGNMENT = 8;
    /** Sections that only stand for code: a symbol's section index has 16 bits, and executables have a few dozen. */
    private static final int MAX_SECTIONS = 0x8000;

    private static final Content NOTHING = sink -> {};

    /** A section of the file to be: its header (name and offset not yet set) and its content. */
    private record Part(Section header, long fileBytes, Content content) {}

    private final int type;
    private final int machine;
    private final List<Part> parts = new ArrayList<>();
    private final List<ProgramHeader> segments = new ArrayList<>();
    private int notePart = -1;

    ElfWriter(int type, int machine) {
        this.type = type;
        this.machine = machine;
    }

    /** A section with the place of the original and without its bytes. */
    void addCode(Section original) throws ElfException {
        if (parts.size() >= MAX_SECTIONS) {
            throw ElfException.tooLarge("sections with code", "more than " + MAX_SECTIONS, "at most that many");
        }
        long flagsThatHold = original.flags() & 0x7;
        add(
                section(original.name(), Section.NOBITS, flagsThatHold, original.address(), original.sizeBytes()),
                0,
                NOTHING);
    }

    void addNote(String name, byte[] note) {
        notePart = parts.size();
        add(section(name, Section.NOTE, 0, 0, note.length), note.length, sink -> sink.write(note));
    }

    void addContent(String name, long sizeBytes, Content content) {
        add(section(name, Section.PROGBITS, 0, 0, sizeBytes), sizeBytes, content);
    }

    /** The symbol table, the local symbols first; its string table must be added next. */
    void addSymbols(int count, int localCount, Content content) {
        long sizeBytes = (count + 1L) * SymbolScanner.ENTRY_BYTES;
        // Index of the null section, the parts so far, this one: the next is the string table.
        int strings = parts.size() + 2;
        Section header = new Section(
                ".symtab",
                Section.SYMTAB,
                0,
                0,
                0,
                sizeBytes,
                strings,
                localCount + 1,
                ALIGNMENT,
                SymbolScanner.ENTRY_BYTES);
        add(header, sizeBytes, content);
    }

    void addStrings(long sizeBytes, Content content) {
        add(section(".strtab", Section.STRTAB, 0, 0, sizeBytes), sizeBytes, content);
    }

    /** A program header that is kept as it is, though its bytes are not. */
    void addSegment(ProgramHeader segment) {
        segments.add(segment);
    }

    private void add(Section header, long fileBytes, Content content) {
        parts.add(new Part(header, fileBytes, content));
    }

    private static Section section(String name, int type, long flags, long address, long sizeBytes) {
        return new Section(name, type, flags, address, 0, sizeBytes, 0, 0, type == Section.NOTE ? 4 : 1, 0);
    }

    /** Writes the file and returns its length. */
    long write(OutputStream out) throws IOException {
        byte[] names = sectionNames();
        addContentOfNames(names);
        int segmentCount = segments.size() + (notePart < 0 ? 0 : 1);
        long at = HEADER_BYTES + (long) segmentCount * PROGRAM_HEADER_BYTES;
        long[] offsets = new long[parts.size()];
        for (int i = 0; i < offsets.length; i++) {
            offsets[i] = at;
            at = alignUp(at + parts.get(i).fileBytes());
        }
        out.write(header(segmentCount, at));
        writeSegments(out, offsets);
        for (int i = 0; i < offsets.length; i++) {
            parts.get(i).content().writeTo(out);
            pad(out, parts.get(i).fileBytes());
        }
        writeSectionHeaders(out, offsets);
        return at + (parts.size() + 1L) * HEADER_BYTES;
    }

    private void addContentOfNames(byte[] names) {
        add(section(".shstrtab", Section.STRTAB, 0, 0, names.length), names.length, sink -> sink.write(names));
    }

    /** All section names, each ended by a zero byte, behind the empty one; the table's own name last. */
    private byte[] sectionNames() {
        ByteArrayOutputStream names = new ByteArrayOutputStream();
        names.write(0);
        for (Part part : parts) {
            names.writeBytes(nameBytes(part.header().name()));
            names.write(0);
        }
        names.writeBytes(nameBytes(".shstrtab"));
        names.write(0);
        return names.toByteArray();
    }

    private static byte[] nameBytes(String name) {
        return name.getBytes(StandardCharsets.UTF_8);
    }

    private byte[] header(int segmentCount, long sectionHeaders) {
        return new LittleEndian(HEADER_BYTES)
                .u32(0x464c457f)
                .u8(2)
                .u8(1)
                .u8(1)
                .u8(0)
                .i64(0)
                .u16(type)
                .u16(machine)
                .u32(1)
                .i64(0)
                .i64(segmentCount == 0 ? 0 : HEADER_BYTES)
                .i64(sectionHeaders)
                .u32(0)
                .u16(HEADER_BYTES)
                .u16(PROGRAM_HEADER_BYTES)
                .u16(segmentCount)
                .u16(HEADER_BYTES)
                .u16(parts.size() + 1)
                .u16(parts.size())
                .array();
    }

    private void writeSegments(OutputStream out, long[] offsets) throws IOException {
        if (notePart >= 0) {
            long size = parts.get(notePart).fileBytes();
            writeSegment(out, new ProgramHeader(ProgramHeader.NOTE, 4, offsets[notePart], 0, 0, size, size, 4));
        }
        for (ProgramHeader segment : segments) {
            writeSegment(out, segment);
        }
    }

    private static void writeSegment(OutputStream out, ProgramHeader segment) throws IOException {
        out.write(new LittleEndian(PROGRAM_HEADER_BYTES)
                .u32(segment.type())
                .u32(segment.flags())
                .i64(segment.offset())
                .i64(segment.vaddr())
                .i64(segment.paddr())
                .i64(segment.fileSizeBytes())
                .i64(segment.memorySizeBytes())
                .i64(segment.alignment())
                .array());
    }

    private void writeSectionHeaders(OutputStream out, long[] offsets) throws IOException {
        out.write(new byte[HEADER_BYTES]);
        int name = 1;
        for (int i = 0; i < offsets.length; i++) {
            Section section = parts.get(i).header();
            out.write(new LittleEndian(HEADER_BYTES)
                    .u32(name)
                    .u32(section.type())
                    .i64(section.flags())
                    .i64(section.address())
                    .i64(offsets[i])
                    .i64(section.sizeBytes())
                    .u32(section.link())
                    .u32(section.info())
                    .i64(section.alignment())
                    .i64(section.entrySizeBytes())
                    .array());
            name += nameBytes(section.name()).length + 1;
        }
    }

    private static void pad(OutputStream out, long written) throws IOException {
        out.write(new byte[(int) (alignUp(written) - written)]);
    }

    private static long alignUp(long value) {
        return (value + ALIGNMENT - 1) & -ALIGNMENT;
    }
}
