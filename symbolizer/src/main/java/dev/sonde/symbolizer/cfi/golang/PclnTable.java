package dev.sonde.symbolizer.cfi.golang;

import dev.sonde.symbolizer.elf.ElfException;
import dev.sonde.symbolizer.elf.ElfFile;
import dev.sonde.symbolizer.elf.ElfReader;
import dev.sonde.symbolizer.elf.Section;
import java.io.IOException;
import java.util.Optional;

/**
 * Where a Go program's tables are.
 *
 * @param section the section they lie in
 * @param header what they start with
 */
record PclnTable(Section section, PclnHeader header) {

    private static final int ALIGNMENT = 8;

    /** The tables, or null where there are none that are understood. */
    static PclnTable find(ElfFile file) throws IOException {
        try {
            for (String name : new String[] {".gopclntab", ".data.rel.ro.gopclntab"}) {
                Optional<Section> own = file.section(name);
                if (own.isPresent()) {
                    PclnHeader header = PclnHeader.read(file.reader(own.get()), 0);
                    return header == null ? null : new PclnTable(own.get(), header);
                }
            }
            // Position-independent programs that a C linker made have them somewhere among the relocated data.
            Optional<Section> data = file.section(".data.rel.ro");
            boolean isGo = file.section(".go.buildinfo").isPresent();
            return isGo && data.isPresent() ? search(file, data.get()) : null;
        } catch (ElfException e) {
            // A packed file runs without its section headers.
            return null;
        }
    }

    private static PclnTable search(ElfFile file, Section section) throws IOException {
        ElfReader reader = file.reader(section);
        for (long at = 0; at < reader.sizeBytes() - ALIGNMENT; at += ALIGNMENT) {
            PclnHeader header = PclnHeader.read(reader, at);
            if (header != null) {
                return new PclnTable(section, header);
            }
        }
        return null;
    }
}
