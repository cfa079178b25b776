package dev.sonde.agent.jvm.layout;

import dev.sonde.symbolizer.elf.ElfException;
import dev.sonde.symbolizer.elf.ElfFile;
import dev.sonde.symbolizer.elf.ElfReader;
import dev.sonde.symbolizer.elf.Section;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Finds symbols of an ELF file by name, functions and data alike, in one pass over its tables (elf(5)). */
final class SymbolSearch {

    private static final int ENTRY_BYTES = 24;

    /** libjvm 25 has 122,000 symbols and 8 MiB of names; a file with far more is no libjvm. */
    private static final long MAX_ENTRIES = 1 << 20;

    /** C++ names that are asked for have up to 74 characters. */
    private static final int MAX_NAME_BYTES = 256;

    /** The prefixes that are asked for find 303 in libjvm 25; with their names these take a MiB. */
    private static final int MAX_FOUND = 1 << 12;

    /** Symbols whose names are compared in the order in which they stand: as linkers put them, each is somewhere else. */
    private static final int BATCH = 1 << 14;

    /** As many as ElfReader has in memory at a time. */
    private static final int WINDOW_BYTES = 64 << 10;

    /** 256 MiB read. libjvm 25 takes 230 windows in batches, and would take 2,100 without. */
    static final int MAX_WINDOWS = 1 << 12;

    private static final int TYPE_SECTION = 3;

    private final ElfFile file;
    private final byte[][] prefixes;
    private final long bias;
    private final long[] batch = new long[BATCH];
    private long windowAt = -WINDOW_BYTES;
    private int windows;
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
        for (long first = 1; first < count && found.size() < MAX_FOUND; first += BATCH) {
            int size = load(entries, first, (int) Math.min(BATCH, count - first), names.sizeBytes());
            for (int i = 0; i < size && found.size() < MAX_FOUND; i++) {
                long name = batch[i] >>> Integer.SIZE;
                countWindow(table, name);
                if (matches(names, name)) {
                    add(names.text(name, MAX_NAME_BYTES), entries, (first + (int) batch[i]) * ENTRY_BYTES);
                }
            }
        }
    }

    /** Puts the names and numbers of the defined ones of so many symbols into the batch, by name; how many these are. */
    private int load(ElfReader entries, long first, int count, long nameBytes) throws IOException {
        int size = 0;
        for (int i = 0; i < count; i++) {
            long at = (first + i) * ENTRY_BYTES;
            long name = entries.u32(at);
            boolean defined = entries.u16(at + 6) != 0 && (entries.u8(at + 4) & 0xf) != TYPE_SECTION;
            if (defined && name < nameBytes) {
                batch[size++] = name << Integer.SIZE | i;
            }
        }
        Arrays.sort(batch, 0, size);
        return size;
    }

    /** Names far apart have the file read once more for each: whoever made it chooses where they stand. */
    private void countWindow(Section table, long name) throws ElfException {
        if (name < windowAt || name + MAX_NAME_BYTES > windowAt + WINDOW_BYTES) {
            windowAt = name;
            if (++windows > MAX_WINDOWS) {
                throw ElfException.tooLarge(
                        "names of " + table.name(), windows, "within " + MAX_WINDOWS + " windows of " + WINDOW_BYTES);
            }
        }
    }

    private void add(String name, ElfReader entries, long at) throws IOException {
        found.putIfAbsent(name, new LibJvm.Symbol(name, bias + entries.i64(at + 8), entries.i64(at + 16)));
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
