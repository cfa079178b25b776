package dev.sonde.symbolizer.symbols;

import dev.sonde.symbolizer.elf.ElfFile;
import dev.sonde.symbolizer.elf.ElfReader;
import dev.sonde.symbolizer.elf.Section;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Names the entries of the procedure linkage table after the function that they jump to. An entry jumps through a GOT
 * slot ({@code ff 25 disp32}, psABI x86-64 section 5.2), and the slot's relocation names the function.
 */
final class PltScanner {

    private static final List<String> TABLES = List.of(".plt", ".plt.sec", ".plt.got");
    private static final List<String> RELOCATIONS = List.of(".rela.plt", ".rela.dyn");

    private static final int RELOCATION_BYTES = 24;
    private static final int RELOCATION_GLOB_DAT = 6;
    private static final int RELOCATION_JUMP_SLOT = 7;

    /** Imports of one file. The largest programs have some thousands; what is beyond stays without a name. */
    private static final int MAX_IMPORTS = 1 << 16;

    /** Behind endbr64 (4 bytes) and a bnd prefix (1) the jump still starts within an entry's first 6 bytes. */
    private static final int MAX_JUMP_OFFSET = 5;

    private static final int JUMP_BYTES = 6;

    private final ElfReader symbols;
    private final ElfReader strings;
    private final SymbolColumns columns;
    private final SymbolColumns imports = new SymbolColumns();

    private PltScanner(ElfReader symbols, ElfReader strings, SymbolColumns columns) {
        this.symbols = symbols;
        this.strings = strings;
        this.columns = columns;
    }

    /** Adds a symbol for each entry whose target is known. */
    static void scan(ElfFile file, SymbolColumns columns, NamePool names) throws IOException {
        Optional<Section> table = file.sections().stream()
                .filter(section -> section.type() == Section.DYNSYM)
                .findFirst();
        if (table.isEmpty()) {
            return;
        }
        ElfReader strings = file.reader(SymbolTableReader.strings(file, table.get()));
        PltScanner scanner = new PltScanner(file.reader(table.get()), strings, columns);
        for (String name : RELOCATIONS) {
            scanner.addImports(file, name);
        }
        names.addAll(strings, scanner.imports, 0);
        Slots slots = Slots.of(scanner.imports);
        for (String name : TABLES) {
            scanner.addEntries(file, name, slots, names);
        }
    }

    /** Notes for each GOT slot the offset of its function's name. */
    private void addImports(ElfFile file, String name) throws IOException {
        Optional<Section> section = file.section(name);
        if (section.isEmpty() || section.get().type() != Section.RELA) {
            return;
        }
        ElfReader relocations = file.reader(section.get());
        long end = relocations.sizeBytes() - RELOCATION_BYTES;
        for (long at = 0; at <= end && imports.count < MAX_IMPORTS; at += RELOCATION_BYTES) {
            long type = relocations.u32(at + 8);
            if (type != RELOCATION_JUMP_SLOT && type != RELOCATION_GLOB_DAT) {
                continue;
            }
            long symbol = relocations.u32(at + 12) * SymbolScanner.ENTRY_BYTES;
            if (symbol <= symbols.sizeBytes() - SymbolScanner.ENTRY_BYTES) {
                long nameAt = symbols.u32(symbol);
                if (nameAt != 0 && nameAt < strings.sizeBytes()) {
                    imports.add(relocations.i64(at), 0, (int) nameAt, 0, (byte) 0);
                }
            }
        }
    }

    private void addEntries(ElfFile file, String name, Slots slots, NamePool names) throws IOException {
        Optional<Section> found = file.section(name);
        if (found.isEmpty() || !found.get().executable()) {
            return;
        }
        Section section = found.get();
        ElfReader code = file.reader(section);
        int entryBytes = section.entrySizeBytes() == 8 ? 8 : 16;
        long count = Math.min(MAX_IMPORTS, code.sizeBytes() / entryBytes);
        for (long i = 0; i < count; i++) {
            long at = i * entryBytes;
            int position = slots.name(jumpSlot(code, at, section.address() + at, entryBytes));
            if (position > 0) {
                columns.add(
                        section.address() + at,
                        entryBytes,
                        names.addPlt(position),
                        entryBytes,
                        SymbolRank.of(SymbolRank.TYPE_FUNCTION, true));
            }
        }
    }

    /** The address of the GOT slot that an entry jumps through, or 0. */
    private static long jumpSlot(ElfReader code, long at, long address, int entryBytes) throws IOException {
        int last = Math.min(MAX_JUMP_OFFSET, entryBytes - JUMP_BYTES);
        for (int i = 0; i <= last; i++) {
            if (code.u16(at + i) == 0x25ff) {
                return address + i + JUMP_BYTES + (int) code.u32(at + i + 2);
            }
        }
        return 0;
    }

    /** GOT slots in order, and where the names of their functions stand in the pool. */
    private static final class Slots {

        private final long[] addresses;
        private final int[] names;

        private Slots(long[] addresses, int[] names) {
            this.addresses = addresses;
            this.names = names;
        }

        static Slots of(SymbolColumns imports) {
            Integer[] order = new Integer[imports.count];
            Arrays.setAll(order, i -> i);
            Arrays.sort(order, (a, b) -> Long.compare(imports.address[a], imports.address[b]));
            return new Slots(
                    Arrays.stream(order).mapToLong(i -> imports.address[i]).toArray(),
                    Arrays.stream(order).mapToInt(i -> imports.name[i]).toArray());
        }

        int name(long slot) {
            int index = Arrays.binarySearch(addresses, slot);
            return index < 0 ? -1 : names[index];
        }
    }
}
