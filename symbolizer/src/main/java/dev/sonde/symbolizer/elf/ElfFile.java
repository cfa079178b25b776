package dev.sonde.symbolizer.elf;

import dev.sonde.model.BuildId;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An open ELF64 file for x86-64. Whatever the file holds, methods answer, or throw {@link ElfException}; memory and
 * time are bounded by the limits of each table. One thread at a time.
 */
public final class ElfFile implements AutoCloseable {

    /** Headers are small and lie together; a page is what the kernel reads anyway. */
    private static final int HEADER_WINDOW_BYTES = 4096;

    private final ElfBytes bytes;
    private final ElfReader file;
    private final ElfHeader header;
    private final List<ProgramHeader> programHeaders;
    private final List<LoadSegment> loadSegments;
    private List<Section> sections;

    private ElfFile(ElfBytes bytes) throws IOException {
        this.bytes = bytes;
        this.file = new ElfReader(bytes, "file", 0, bytes.sizeBytes(), HEADER_WINDOW_BYTES);
        this.header = ElfHeader.read(file);
        List<ProgramHeader> headers = new ArrayList<>(header.programCount());
        List<LoadSegment> segments = new ArrayList<>();
        for (int i = 0; i < header.programCount(); i++) {
            ProgramHeader next =
                    ProgramHeader.read(file, header.programOffset() + (long) i * ElfHeader.PROGRAM_HEADER_BYTES);
            headers.add(next);
            if (next.type() == ProgramHeader.LOAD) {
                segments.add(next.toLoadSegment());
            }
        }
        this.programHeaders = List.copyOf(headers);
        this.loadSegments = List.copyOf(segments);
    }

    /**
     * Opens a regular file.
     *
     * @throws ElfException when it is not an ELF64 file for x86-64, or a broken one
     * @throws IOException when it cannot be read
     */
    public static ElfFile open(Path path) throws IOException {
        // A FIFO or a device under a name of a process's choice would block or never end.
        if (Files.exists(path) && !Files.isRegularFile(path)) {
            throw ElfException.notElf("file: not a regular file (expected: an ELF file)");
        }
        FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
        try {
            return new ElfFile(new ElfBytes.Channel(channel, channel.size()));
        } catch (IOException | RuntimeException | Error e) {
            channel.close();
            throw e;
        }
    }

    /** Reads a file that is in memory, a copied vDSO for example. The segment must stay alive and unchanged. */
    public static ElfFile of(MemorySegment segment) throws IOException {
        return new ElfFile(new ElfBytes.Segment(segment));
    }

    /** The file's length. */
    public long sizeBytes() {
        return bytes.sizeBytes();
    }

    /** e_type: 1 relocatable, 2 executable, 3 shared object or PIE, 4 core. */
    public int type() {
        return header.type();
    }

    /** e_machine; 62, x86-64, is the only one read. */
    public int machine() {
        return header.machine();
    }

    /** All program headers, in the file's order. */
    public List<ProgramHeader> programHeaders() {
        return programHeaders;
    }

    /** The PT_LOAD segments, in the file's order. */
    public List<LoadSegment> loadSegments() {
        return loadSegments;
    }

    /** The sections in order, index 0 included; empty where the section headers were stripped. */
    public List<Section> sections() throws IOException {
        if (sections == null) {
            sections = SectionTable.read(file, header);
        }
        return sections;
    }

    /** The first section of a name. */
    public Optional<Section> section(String name) throws IOException {
        for (Section section : sections()) {
            if (section.name().equals(name)) {
                return Optional.of(section);
            }
        }
        return Optional.empty();
    }

    /** A reader of a section's bytes, decompressed where it is compressed. NOBITS sections are empty. */
    public ElfReader reader(Section section) throws IOException {
        ElfReader raw = rawReader(section);
        return section.compressed() && section.type() != Section.NOBITS
                ? CompressedSection.inflate(section.name(), raw)
                : raw;
    }

    /** A reader of a section's bytes as they stand in the file. */
    public ElfReader rawReader(Section section) throws IOException {
        if (section.type() == Section.NOBITS) {
            return new ElfReader(bytes, section.name(), 0, 0);
        }
        ElfRanges.checkInFile("section " + section.name(), section.offset(), section.sizeBytes(), bytes.sizeBytes());
        return new ElfReader(bytes, section.name(), section.offset(), section.sizeBytes());
    }

    /** A reader of a segment's bytes in the file. */
    public ElfReader rawReader(ProgramHeader segment) throws IOException {
        ElfRanges.checkInFile("p_offset", segment.offset(), segment.fileSizeBytes(), bytes.sizeBytes());
        return new ElfReader(bytes, "segment", segment.offset(), segment.fileSizeBytes());
    }

    /** A reader of the whole file. */
    ElfReader wholeReader() {
        return file;
    }

    /**
     * The id of the NT_GNU_BUILD_ID note: looked for in every PT_NOTE segment, then in every SHT_NOTE section, for it
     * may come after {@code .note.gnu.property}. Notes outside the file or not well-formed count as absent.
     */
    public Optional<BuildId> gnuBuildId() throws IOException {
        for (ProgramHeader segment : programHeaders) {
            if (segment.type() == ProgramHeader.NOTE) {
                Optional<BuildId> id = buildIdIn(segment.offset(), segment.fileSizeBytes(), segment.alignment());
                if (id.isPresent()) {
                    return id;
                }
            }
        }
        return buildIdInSections();
    }

    private Optional<BuildId> buildIdInSections() throws IOException {
        List<Section> all;
        try {
            all = sections();
        } catch (ElfException e) {
            // A packed or sstripped file runs without its section headers, so it has an id without them.
            return Optional.empty();
        }
        for (Section section : all) {
            if (section.type() == Section.NOTE) {
                Optional<BuildId> id = buildIdIn(section.offset(), section.sizeBytes(), section.alignment());
                if (id.isPresent()) {
                    return id;
                }
            }
        }
        return Optional.empty();
    }

    private Optional<BuildId> buildIdIn(long offset, long size, long alignment) throws IOException {
        if (!ElfRanges.within(offset, size, bytes.sizeBytes())) {
            return Optional.empty();
        }
        return NoteReader.gnuBuildId(new ElfReader(bytes, "notes", offset, size, HEADER_WINDOW_BYTES), alignment);
    }

    @Override
    public void close() throws IOException {
        bytes.close();
    }
}
