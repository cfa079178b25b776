package dev.sonde.symbolizer.cfi.golang;

import dev.sonde.symbolizer.elf.ElfException;
import dev.sonde.symbolizer.elf.ElfFile;
import dev.sonde.symbolizer.elf.ElfReader;
import dev.sonde.symbolizer.elf.Section;
import java.io.IOException;
import java.util.Optional;

/**
 * Finds runtime.text, which all addresses of Go's tables are relative to. It need not be where .text starts: with cgo
 * the C code's startup comes first.
 */
final class TextStart {

    private static final String SYMBOL = "runtime.text";
    private static final int SYMBOL_BYTES = 24;
    private static final int RELOCATION_BYTES = 24;
    private static final long RELATIVE = 8; // R_X86_64_RELATIVE

    /** moduledata.text of Go 1.26: behind pcHeader, six slices, findfunctab, minpc, maxpc. */
    private static final int MODULE_TEXT_AT = 176;

    private TextStart() {}

    /** The ELF virtual address, or 0 where the file does not tell. */
    static long find(ElfFile file, Section table, PclnHeader header) throws IOException {
        if (header.textStart() != 0) {
            return header.textStart();
        }
        long relocated = relocated(file, table.address() + header.at() + PclnHeader.TEXT_START_AT);
        if (relocated != 0) {
            return relocated;
        }
        long module = inModuleData(file, table);
        return module != 0 ? module : bySymbol(file);
    }

    /** Go 1.26 gives the module data a section of its own. */
    private static long inModuleData(ElfFile file, Section table) throws IOException {
        Optional<Section> section = file.section(".go.module");
        if (section.isEmpty() || section.get().sizeBytes() < MODULE_TEXT_AT + Long.BYTES) {
            return 0;
        }
        ElfReader reader = file.reader(section.get());
        boolean ours = reader.sizeBytes() >= MODULE_TEXT_AT + Long.BYTES && reader.i64(0) == table.address();
        return ours ? reader.i64(MODULE_TEXT_AT) : 0;
    }

    /** What the loader will write at an address of a position-independent file, whose own bytes there are zero. */
    private static long relocated(ElfFile file, long address) throws IOException {
        Optional<Section> section = file.section(".rela.dyn");
        if (section.isEmpty()) {
            return 0;
        }
        ElfReader relocations = file.reader(section.get());
        for (long at = 0; at + RELOCATION_BYTES <= relocations.sizeBytes(); at += RELOCATION_BYTES) {
            if (relocations.i64(at) == address && relocations.i64(at + 8) == RELATIVE) {
                return relocations.i64(at + 16);
            }
        }
        return 0;
    }

    private static long bySymbol(ElfFile file) throws IOException {
        Optional<Section> symbols = file.section(".symtab");
        if (symbols.isEmpty()) {
            return 0;
        }
        int link = symbols.get().link();
        if (link < 0 || link >= file.sections().size()) {
            throw ElfException.malformed(
                    "sh_link of .symtab", link, "below the " + file.sections().size() + " sections");
        }
        ElfReader table = file.reader(symbols.get());
        ElfReader names = file.reader(file.sections().get(link));
        for (long at = 0; at + SYMBOL_BYTES <= table.sizeBytes(); at += SYMBOL_BYTES) {
            long name = table.u32(at);
            // The marker has no size, which few symbols share: names are read for those alone.
            if (table.i64(at + 16) == 0
                    && name < names.sizeBytes()
                    && names.text(name, SYMBOL.length() + 1).equals(SYMBOL)) {
                return table.i64(at + 8);
            }
        }
        return 0;
    }
}
