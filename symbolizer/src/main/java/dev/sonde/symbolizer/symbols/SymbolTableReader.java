package dev.sonde.symbolizer.symbols;

import dev.sonde.symbolizer.elf.ElfException;
import dev.sonde.symbolizer.elf.ElfFile;
import dev.sonde.symbolizer.elf.ElfReader;
import dev.sonde.symbolizer.elf.Section;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Gathers the candidate symbols of all places where a file may have them. */
final class SymbolTableReader {

    private final SymbolColumns columns = new SymbolColumns();
    private final NamePool names = new NamePool();

    private SymbolTableReader() {}

    /** The table of a file, with or without what {@code .gnu_debugdata} adds. */
    static SymbolTable read(ElfFile file, boolean withDebugdata) throws IOException {
        SymbolTableReader reader = new SymbolTableReader();
        reader.addSymbols(file);
        PltScanner.scan(file, reader.columns, reader.names);
        if (withDebugdata) {
            Optional<ElfFile> debugdata = MiniDebuginfo.open(file);
            if (debugdata.isPresent()) {
                reader.addTable(debugdata.get(), Section.SYMTAB);
            }
        }
        return SymbolTableBuilder.build(reader.columns, reader.names);
    }

    /** A .symtab repeats what .dynsym says, unless it was emptied. */
    private void addSymbols(ElfFile file) throws IOException {
        addTable(file, Section.SYMTAB);
        if (columns.count == 0) {
            addTable(file, Section.DYNSYM);
        }
    }

    private void addTable(ElfFile file, int type) throws IOException {
        for (Section table : file.sections()) {
            if (table.type() == type) {
                int from = columns.count;
                ElfReader strings = file.reader(strings(file, table));
                SymbolScanner.scan(file, table, strings, columns::add);
                names.addAll(strings, columns, from);
                return;
            }
        }
    }

    /** The string table that a symbol table is linked to. */
    static Section strings(ElfFile file, Section table) throws IOException {
        List<Section> sections = file.sections();
        int link = table.link();
        if (link <= 0 || link >= sections.size() || sections.get(link).type() != Section.STRTAB) {
            throw ElfException.malformed("sh_link of " + table.name(), link, "the index of a string table");
        }
        return sections.get(link);
    }
}
