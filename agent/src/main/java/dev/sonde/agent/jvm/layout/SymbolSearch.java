package dev.sonde.agent.jvm.layout;

import dev.sonde.symbolizer.elf.ElfException;
import dev.sonde.symbolizer.elf.ElfFile;
import dev.sonde.symbolizer.elf.ElfReader;
import dev.sonde.symbolizer.elf.Section;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Finds symbols of an ELF file by name, functions and data alike, in one pass over its tables (elf(5)). */
final class SymbolSearch {

    private static final int ENTRY_BYTES = 24;

    /** libjvm 25 has 122,000 symbols and 8 MiB of names; a file with far more is no libjvm. */
    private static final long MAX_ENTRIES = 1 << 20;

    /** C++ names that are asked for have some dozen characters. */
    private static final int MAX_NAME_BYTES = 1024;

    /** So many found are enough for every prefix that is asked for. */
    private static final int MAX_FOUND = 1 << 15;

    private static final int TYPE_SECTION = 3;

    private final ElfFile file;
    private final byte[][] prefixes;
    private final long bias;
    private final Map<String, LibJvm.Symbol> found = new HashMap<>();

    private SymbolSearch(ElfFile file, List<String> prefixes, long bias) {
        this.file = file;
        this.bias = bias;
        this.prefixes = prefixes.stream()
                .map(prefix -> prefix.getBytes(StandardCharsets.ISO_8859_1))
                .toArray(byte[][]::new);
    }

    /** The defined symbols of a table type whose names start so, by name; of equal names the first. */
    static Map<String, LibJvm.Symbol> find(ElfFile file, List<String> prefixes, long bias, int tableType)
            throws IOException {
        SymbolSearch search = new SymbolSearch(file, prefixes, bias);
        for (Section section : file.sections()) {
            if (section.type() == tableType) {
                search.scan(section);
                break;
            }
        }
        return search.found;
    }

    private void scan(Section table) throws IOException {
        if (table.entrySizeBytes() != ENTRY_BYTES) {
            throw ElfException.malformed("sh_entsize of " + table.name(), table.entrySizeBytes(), "24");
        }
        ElfReader names = names(table);
        ElfReader entries = file.reader(table);
        long count = entries.sizeBytes() / ENTRY_BYTES;
        if (count > MAX_ENTRIES) {
            throw ElfException.tooLarge("entries of " + table.name(), count, "at most " + MAX_ENTRIES);
        }
        for (long i = 1; i < count && found.size() < MAX_FOUND; i++) {
            long at = i * ENTRY_BYTES;
            long name = entries.u32(at);
            boolean defined = entries.u16(at + 6) != 0 && (entries.u8(at + 4) & 0xf) != TYPE_SECTION;
            if (defined && name < names.sizeBytes() && matches(names, name)) {
                String text = names.text(name, MAX_NAME_BYTES);
                found.putIfAbsent(text, new LibJvm.Symbol(text, bias + entries.i64(at + 8), entries.i64(at + 16)));
            }
        }
    }

    private ElfReader names(Section table) throws IOException {
        List<Section> sections = file.sections();
        int link = table.link();
        if (link <= 0 || link >= sections.size() || sections.get(link).type() != Section.STRTAB) {
            throw ElfException.malformed("sh_link of " + table.name(), link, "the index of a string table");
        }
        return file.reader(sections.get(link));
    }

    private boolean matches(ElfReader names, long at) throws IOException {
        for (byte[] prefix : prefixes) {
            if (startsWith(names, at, prefix)) {
                return true;
            }
        }
        return false;
    }

    private static boolean startsWith(ElfReader names, long at, byte[] prefix) throws IOException {
        if (names.sizeBytes() - at < prefix.length) {
            return false;
        }
        for (int i = 0; i < prefix.length; i++) {
            if (names.u8(at + i) != prefix[i]) {
                return false;
            }
        }
        return true;
    }
}
