package dev.sonde.agent.mapping;

import dev.sonde.model.BuildId;
import dev.sonde.symbolizer.elf.LoadSegment;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** What is needed of an executable file: its identity and its load segments. */
public interface ElfReader {

    /**
     * Reads the headers of a file, which may be anything.
     *
     * @throws IOException when the file cannot be read; a file that is no ELF is no error
     */
    Headers read(Path file) throws IOException;

    /**
     * The headers of one file.
     *
     * @param buildId from the GNU note, else of type HASH
     * @param segments the PT_LOAD entries in the order of the file; empty for what is no well-formed ELF
     */
    record Headers(BuildId buildId, List<LoadSegment> segments) {
        public Headers {
            segments = List.copyOf(segments);
        }
    }
}
