package dev.sonde.symbolizer.symbols;

import dev.sonde.symbolizer.elf.ElfException;
import dev.sonde.symbolizer.elf.ElfFile;
import dev.sonde.symbolizer.elf.ElfReader;
import dev.sonde.symbolizer.elf.Section;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import org.tukaani.xz.XZInputStream;

/**
 * {@code .gnu_debugdata}: an xz-compressed ELF file whose .symtab holds the functions that .dynsym lacks ("MiniDebugInfo"
 * in the GDB manual). Unpacked in memory.
 */
final class MiniDebuginfo {

    static final String SECTION = ".gnu_debugdata";

    /** What {@code xz -9} asks for, the strongest preset: a dictionary of 64 MiB and its tables. */
    private static final int MAX_DECODER_KIBIBYTES = 66 * 1024;

    /** Compressed, they are below 2 MiB for libLLVM; the bound is what an agent can spare for a moment. */
    private static final int MAX_PACKED_BYTES = 16 << 20;

    private static final int MAX_UNPACKED_BYTES = 64 << 20;
    private static final int CHUNK_BYTES = 64 * 1024;

    private MiniDebuginfo() {}

    /** The file inside, or empty where there is no such section. */
    static Optional<ElfFile> open(ElfFile file) throws IOException {
        Optional<Section> section = file.section(SECTION);
        if (section.isEmpty() || section.get().type() == Section.NOBITS) {
            return Optional.empty();
        }
        ElfReader packed = file.reader(section.get());
        if (packed.sizeBytes() > MAX_PACKED_BYTES) {
            throw ElfException.tooLarge(SECTION, packed.sizeBytes() + " bytes", "at most " + MAX_PACKED_BYTES);
        }
        byte[] bytes = new byte[(int) packed.sizeBytes()];
        packed.copy(0, bytes, 0, bytes.length);
        return Optional.of(ElfFile.of(MemorySegment.ofArray(unpack(bytes))));
    }

    private static byte[] unpack(byte[] packed) throws IOException {
        ByteArrayOutputStream unpacked = new ByteArrayOutputStream(packed.length);
        byte[] chunk = new byte[CHUNK_BYTES];
        try (InputStream xz = new XZInputStream(new ByteArrayInputStream(packed), MAX_DECODER_KIBIBYTES)) {
            for (int count = xz.read(chunk); count >= 0; count = xz.read(chunk)) {
                if (count > MAX_UNPACKED_BYTES - unpacked.size()) {
                    throw ElfException.tooLarge(
                            SECTION, "unpacks to more than " + MAX_UNPACKED_BYTES + " bytes", "at most that");
                }
                unpacked.write(chunk, 0, count);
            }
        } catch (ElfException e) {
            throw e;
        } catch (IOException e) {
            throw ElfException.malformed(SECTION, "xz: " + e, "an xz stream of at most 64 MiB dictionary");
        }
        return unpacked.toByteArray();
    }
}
