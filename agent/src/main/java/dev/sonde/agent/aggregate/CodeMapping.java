package dev.sonde.agent.aggregate;

import dev.sonde.agent.mapping.ExecutableFile;
import dev.sonde.model.FrameKind;
import dev.sonde.symbolizer.elf.LoadSegment;
import java.util.Objects;

/**
 * Where code comes from, as it stands in pprof: a load segment of a file, or the word of a kind of code.
 *
 * @param name the file's path, or the kind's word in brackets; empty for what is unknown
 * @param file the file, null where there is none or its addresses are no ELF addresses
 * @param segment its load segment, null as the file
 */
public record CodeMapping(String name, ExecutableFile file, LoadSegment segment) {
    public CodeMapping {
        Objects.requireNonNull(name, "name");
        if ((file == null) != (segment == null)) {
            throw new IllegalArgumentException(
                    "mapping " + name + ": file " + file + ", segment " + segment + " (expected: both or none)");
        }
    }

    /** A load segment, within which locations have ELF virtual addresses and get their names by build id. */
    public static CodeMapping ofSegment(ExecutableFile file, LoadSegment segment) {
        return new CodeMapping(file.path(), file, segment);
    }

    /** Code of a kind that has no file. */
    public static CodeMapping ofKind(FrameKind kind) {
        return new CodeMapping(kind.mappingFile(), null, null);
    }

    /** A file of which nothing but the path is known. */
    public static CodeMapping ofPath(String path) {
        return new CodeMapping(path, null, null);
    }
}
