package dev.sonde.symbolizer.symbols;

import dev.sonde.symbolizer.elf.ElfFile;
import dev.sonde.symbolizer.elf.ElfReader;
import dev.sonde.symbolizer.elf.Section;
import java.io.IOException;
import java.io.OutputStream;

/**
 * The symbols of a file that are too many to be chosen from in memory: those that may name code are written as they come,
 * with the whole string table; whoever reads them chooses. Names of linkage stubs (.plt) are not among them.
 */
final class StreamedSymbols {

    private static final int COPY_BYTES = 64 * 1024;

    private final ElfFile file;
    private final CodeSections code;
    private final Section table;
    private final ElfReader strings;
    private int count;
    private int localCount;

    private StreamedSymbols(ElfFile file, CodeSections code, Section table) throws IOException {
        this.file = file;
        this.code = code;
        this.table = table;
        this.strings = file.reader(SymbolTableReader.strings(file, table));
        SymbolScanner.scan(file, table, strings, (address, size, name, room, rank) -> {
            count++;
            localCount += SymbolRank.local(rank) ? 1 : 0;
        });
    }

    /** Those of the file's larger table, or null where symbol and string tables together stay below a bound. */
    static StreamedSymbols ofLarge(ElfFile file, CodeSections code, long boundBytes) throws IOException {
        for (int type : new int[] {Section.SYMTAB, Section.DYNSYM}) {
            for (Section section : file.sections()) {
                if (section.type() == type) {
                    long bytes = section.sizeBytes()
                            + SymbolTableReader.strings(file, section).sizeBytes();
                    StreamedSymbols found = bytes > boundBytes ? new StreamedSymbols(file, code, section) : null;
                    if (found != null && found.count > 0) {
                        return found;
                    }
                }
            }
        }
        return null;
    }

    void writeTo(ElfWriter writer) {
        writer.addSymbols(count, localCount, this::writeSymbols);
        writer.addStrings(strings.sizeBytes(), sink -> copy(strings, sink));
    }

    /** The null symbol, then local ones, then the others, as the gABI orders a table. */
    private void writeSymbols(OutputStream sink) throws IOException {
        LittleEndian entry = new LittleEndian(SymbolScanner.ENTRY_BYTES);
        sink.write(entry.array());
        writeSymbols(true, sink, entry);
        writeSymbols(false, sink, entry);
    }

    private void writeSymbols(boolean local, OutputStream sink, LittleEndian entry) throws IOException {
        SymbolScanner.scan(file, table, strings, (address, size, name, room, rank) -> {
            if (SymbolRank.local(rank) == local) {
                entry.reset()
                        .u32(name)
                        .u8(SymbolRank.info(rank))
                        .u8(0)
                        // Code comes first in the extract, behind the null section.
                        .u16(code.numberAt(address) + 1)
                        .i64(address)
                        .i64(Integer.toUnsignedLong(size));
                sink.write(entry.array());
            }
        });
    }

    static void copy(ElfReader from, OutputStream sink) throws IOException {
        byte[] chunk = new byte[COPY_BYTES];
        for (long at = 0; at < from.sizeBytes(); at += chunk.length) {
            int length = (int) Math.min(chunk.length, from.sizeBytes() - at);
            from.copy(at, chunk, 0, length);
            sink.write(chunk, 0, length);
        }
    }
}
