package dev.sonde.agent.mapping;

import dev.sonde.symbolizer.elf.BuildIds;
import dev.sonde.symbolizer.elf.ElfException;
import dev.sonde.symbolizer.elf.ElfFile;
import dev.sonde.symbolizer.elf.LoadSegment;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Reads headers by the symbolizer's ELF reader; what that refuses is named by its content hash. */
public final class SymbolizerElfReader implements ElfReader {

    /** Linkers make at most a dozen load segments; a file with more is made to be slow to search. */
    private static final int MAX_SEGMENTS = 64;

    @Override
    public Headers read(Path file) throws IOException {
        try (ElfFile elf = ElfFile.open(file)) {
            List<LoadSegment> segments = elf.loadSegments();
            if (segments.size() > MAX_SEGMENTS) {
                segments = List.of();
            }
            return new Headers(BuildIds.of(elf), segments);
        } catch (ElfException e) {
            return new Headers(ContentHash.of(file), List.of());
        }
    }
}
