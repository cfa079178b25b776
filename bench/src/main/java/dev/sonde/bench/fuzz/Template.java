package dev.sonde.bench.fuzz;

import dev.sonde.symbolizer.elf.ElfFile;
import dev.sonde.symbolizer.elf.Section;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;

/** A sound file, one section of which is exchanged for what the fuzzer gives. */
record Template(MemorySegment bytes, int at, int size) {

    /** Which file: a system property of the fuzzing JVM. */
    static final String PROPERTY = "sonde.fuzz.template";

    static Template of(Path file, String section) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        try (ElfFile elf = ElfFile.of(MemorySegment.ofArray(bytes))) {
            Section found = elf.section(section).orElseThrow(() -> new IOException(file + ": no " + section));
            return new Template(
                    MemorySegment.ofArray(bytes), Math.toIntExact(found.offset()), Math.toIntExact(found.sizeBytes()));
        }
    }

    /** The one of the property. */
    static Template configured(String section) {
        try {
            return of(Path.of(System.getProperty(PROPERTY)), section);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A copy of the file. */
    byte[] copy() {
        return ((byte[]) bytes.heapBase().orElseThrow()).clone();
    }
}
