package dev.sonde.symbolizer.symbols;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sonde.symbolizer.elf.BuildIds;
import dev.sonde.symbolizer.elf.ElfException;
import dev.sonde.symbolizer.elf.ElfFile;
import dev.sonde.symbolizer.elf.Section;
import dev.sonde.symbolizer.fixture.Fuzz;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;

/** Asks a damaged file everything that is asked of files. Only ElfException may come out, and memory stays bounded. */
final class DamagedElf {

    /**
     * Windows, columns and the unpacked .gnu_debugdata of the small files used: far below what a hostile size field
     * asks for, far above what the files need.
     */
    private static final long MAX_ALLOCATED_BYTES = 256L << 20;

    private DamagedElf() {}

    /** Returns whether the file was still readable. */
    static boolean survives(byte[] bytes) throws IOException {
        long before = Fuzz.allocatedBytes();
        boolean readable = read(bytes);
        assertThat(Fuzz.allocatedBytes() - before).isLessThan(MAX_ALLOCATED_BYTES);
        return readable;
    }

    private static boolean read(byte[] bytes) throws IOException {
        try (ElfFile file = ElfFile.of(MemorySegment.ofArray(bytes))) {
            BuildIds.of(file);
            file.loadSegments().forEach(segment -> segment.containsAddress(segment.addressOf(segment.offset())));
            for (Section section : file.sections()) {
                readWhole(file, section);
            }
            SymbolTable table = SymbolTable.read(file);
            for (int i = 0; i < table.size(); i++) {
                assertThat(table.lookup(table.address(i))).isNotNull();
            }
            table.lookup(0);
            table.lookup(-1);
            DebuginfoExtractor.extract(file, OutputStream.nullOutputStream());
            return true;
        } catch (ElfException e) {
            assertThat(e).hasMessageContaining("expected: ");
            return false;
        }
    }

    private static void readWhole(ElfFile file, Section section) throws IOException {
        try {
            file.reader(section).indexOfNul(0);
        } catch (ElfException e) {
            // One broken section does not stop the others.
            assertThat(e).hasMessageContaining("expected: ");
        }
    }
}
