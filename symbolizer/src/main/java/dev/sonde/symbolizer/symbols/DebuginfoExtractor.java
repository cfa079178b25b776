package dev.sonde.symbolizer.symbols;

import dev.sonde.model.BuildId;
import dev.sonde.symbolizer.elf.ElfFile;
import dev.sonde.symbolizer.elf.ElfReader;
import dev.sonde.symbolizer.elf.ProgramHeader;
import dev.sonde.symbolizer.elf.Section;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Writes a small ELF file that carries only what names need: the load segments, the build id, one function symbol for
 * each address that has one, and {@code .gnu_debugdata} as it is. {@link SymbolTable#read} answers from it as from the
 * whole file. Sections with code stand in it without their bytes (SHT_NOBITS), so that symbols keep their sections.
 */
public final class DebuginfoExtractor {

    private static final int COPY_BYTES = 64 * 1024;

    /**
     * Of symbol and string tables: choosing takes up to four times that in memory, of which the agent has little. Of a
     * machine's libraries few have more.
     */
    private static final long CHOSEN_BYTES = 6 << 20;

    private static final int GNU_BUILD_ID_NOTE = 3;
    private static final int NOTE_HEADER_BYTES = 16;

    private DebuginfoExtractor() {}

    /**
     * Writes the extract of a file to another and returns its length in bytes.
     *
     * @throws dev.sonde.symbolizer.elf.ElfException when the file's symbols cannot be read
     */
    public static long extract(ElfFile file, Path to) throws IOException {
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(to), COPY_BYTES)) {
            return extract(file, out);
        }
    }

    /**
     * Writes the extract of a file to a stream, which stays open, and returns its length in bytes. Holds a symbol table
     * of some MiB in memory and nothing else, a larger one is passed through; nothing is written before the symbols are
     * read and found sound.
     *
     * @throws dev.sonde.symbolizer.elf.ElfException when the file's symbols cannot be read
     */
    public static long extract(ElfFile file, OutputStream out) throws IOException {
        ElfWriter writer = new ElfWriter(file.type(), file.machine());
        CodeSections code = new CodeSections(file);
        for (Section section : code.inFileOrder()) {
            writer.addCode(section);
        }
        addBuildId(file, writer);
        addDebugdata(file, writer);
        StreamedSymbols streamed = StreamedSymbols.ofLarge(file, code, CHOSEN_BYTES);
        if (streamed == null) {
            addChosen(SymbolTableReader.read(file, false), code, writer);
        } else {
            streamed.writeTo(writer);
        }
        for (ProgramHeader header : file.programHeaders()) {
            if (header.type() == ProgramHeader.LOAD) {
                writer.addSegment(header);
            }
        }
        return writer.write(out);
    }

    private static void addChosen(SymbolTable symbols, CodeSections code, ElfWriter writer) {
        writer.addSymbols(symbols.size(), countLocal(symbols), sink -> writeSymbols(symbols, code, sink));
        NamePool names = symbols.pool();
        writer.addStrings(names.length(), sink -> sink.write(names.bytes(), 0, names.length()));
    }

    private static void addBuildId(ElfFile file, ElfWriter writer) throws IOException {
        Optional<BuildId> id = file.gnuBuildId();
        if (id.isPresent()) {
            byte[] bytes = HexFormat.of().parseHex(id.get().hex());
            LittleEndian note = new LittleEndian(NOTE_HEADER_BYTES + bytes.length);
            note.u32(4).u32(bytes.length).u32(GNU_BUILD_ID_NOTE).u32(0x00554e47);
            note.bytes(bytes);
            writer.addNote(".note.gnu.build-id", note.array());
        }
    }

    private static void addDebugdata(ElfFile file, ElfWriter writer) throws IOException {
        Optional<Section> section = file.section(MiniDebuginfo.SECTION);
        if (section.isPresent() && section.get().type() != Section.NOBITS) {
            ElfReader bytes = file.reader(section.get());
            writer.addContent(MiniDebuginfo.SECTION, bytes.sizeBytes(), sink -> StreamedSymbols.copy(bytes, sink));
        }
    }

    private static int countLocal(SymbolTable symbols) {
        int count = 0;
        for (int i = 0; i < symbols.size(); i++) {
            count += SymbolRank.local(symbols.rank(i)) ? 1 : 0;
        }
        return count;
    }

    /** The null symbol, then local ones, then the others, as the gABI orders a table. */
    private static void writeSymbols(SymbolTable symbols, CodeSections code, OutputStream sink) throws IOException {
        LittleEndian entry = new LittleEndian(SymbolScanner.ENTRY_BYTES);
        sink.write(entry.array());
        writeSymbols(symbols, true, code, sink, entry);
        writeSymbols(symbols, false, code, sink, entry);
    }

    private static void writeSymbols(
            SymbolTable symbols, boolean local, CodeSections code, OutputStream sink, LittleEndian entry)
            throws IOException {
        for (int i = 0; i < symbols.size(); i++) {
            byte rank = symbols.rank(i);
            if (SymbolRank.local(rank) != local) {
                continue;
            }
            long address = symbols.address(i);
            entry.reset()
                    .u32(symbols.namePosition(i))
                    .u8(SymbolRank.info(rank))
                    .u8(0)
                    // Code comes first in the extract, behind the null section.
                    .u16(code.numberAt(address) + 1)
                    .i64(address)
                    // An unsized symbol ends where the next begins, which .gnu_debugdata may still add.
                    .i64(SymbolRank.sized(rank) ? symbols.sizeBytes(i) : 0);
            sink.write(entry.array());
        }
    }
}
