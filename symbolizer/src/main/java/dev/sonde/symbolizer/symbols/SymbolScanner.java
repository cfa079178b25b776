package dev.sonde.symbolizer.symbols;

import dev.sonde.symbolizer.elf.ElfException;
import dev.sonde.symbolizer.elf.ElfFile;
import dev.sonde.symbolizer.elf.ElfReader;
import dev.sonde.symbolizer.elf.Section;
import java.io.IOException;

/** Picks from a symbol table (elf(5), "String and symbol tables") the entries that can name code. */
final class SymbolScanner {

    static final int ENTRY_BYTES = 24;

    /** Four times the functions kept: tables hold data, files and sections too. */
    private static final long MAX_ENTRIES = 4L * SymbolColumns.MAX_SYMBOLS;

    private static final int LOCAL_LABEL_START = '.';
    private static final int MAPPING_SYMBOL_START = '$';

    private static final int SECTION_UNDEFINED = 0;
    private static final int SECTION_RESERVED = 0xff00;

    private final CodeSections code;
    private final ElfReader names;

    private SymbolScanner(CodeSections code, ElfReader names) {
        this.code = code;
        this.names = names;
    }

    /** Gives the function symbols of a table section to a sink, with offsets into {@code names}. */
    static void scan(ElfFile file, Section table, ElfReader names, SymbolSink into) throws IOException {
        if (table.entrySizeBytes() != ENTRY_BYTES) {
            throw ElfException.malformed("sh_entsize of " + table.name(), table.entrySizeBytes(), "24");
        }
        ElfReader entries = file.reader(table);
        long count = entries.sizeBytes() / ENTRY_BYTES;
        if (count > MAX_ENTRIES) {
            throw ElfException.tooLarge("entries of " + table.name(), count, "at most " + MAX_ENTRIES);
        }
        SymbolScanner scanner = new SymbolScanner(new CodeSections(file), names);
        for (long i = 1; i < count; i++) {
            scanner.add(entries, i * ENTRY_BYTES, into);
        }
    }

    private void add(ElfReader entries, long at, SymbolSink into) throws IOException {
        int info = entries.u8(at + 4);
        int type = info & 0xf;
        boolean function = type == SymbolRank.TYPE_FUNCTION || type == SymbolRank.TYPE_INDIRECT_FUNCTION;
        int section = entries.u16(at + 6);
        boolean defined = section != SECTION_UNDEFINED && section < SECTION_RESERVED;
        if ((!function && type != SymbolRank.TYPE_NONE) || !defined) {
            return;
        }
        long address = entries.i64(at + 8);
        Section home = code.at(address);
        long name = entries.u32(at);
        if (home == null || name == 0 || name >= names.sizeBytes()) {
            return;
        }
        if (!function && isMark(names.u8(name))) {
            return;
        }
        long room = home.sizeBytes() - (address - home.address());
        long size = clamp(entries.i64(at + 16), room);
        into.add(address, (int) size, (int) name, (int) clamp(room, room), SymbolRank.of(info, size != 0));
    }

    /** Compilers' own labels in the code (.L1, .annobin_x, $x) name no function. */
    private static boolean isMark(int firstChar) {
        return firstChar == LOCAL_LABEL_START || firstChar == MAPPING_SYMBOL_START;
    }

    /** The lesser of two unsigned lengths, and at most what 32 bits hold: no function is 4 GiB long. */
    private static long clamp(long size, long room) {
        long least = Long.compareUnsigned(size, room) < 0 ? size : room;
        return Long.compareUnsigned(least, 0xffff_ffffL) < 0 ? least : 0xffff_ffffL;
    }
}
