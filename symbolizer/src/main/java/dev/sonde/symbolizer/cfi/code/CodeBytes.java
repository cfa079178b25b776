package dev.sonde.symbolizer.cfi.code;

import dev.sonde.symbolizer.elf.ElfException;
import dev.sonde.symbolizer.elf.ElfFile;
import dev.sonde.symbolizer.elf.ElfReader;
import dev.sonde.symbolizer.elf.ProgramHeader;
import java.io.IOException;

/** The instructions at a file's addresses. */
public final class CodeBytes {

    private final ElfFile file;
    private ProgramHeader segment;
    private ElfReader reader;

    public CodeBytes(ElfFile file) {
        this.file = file;
    }

    /**
     * Copies the bytes at an ELF virtual address; false where the file does not have all of them. Frame information may
     * be sound in a file whose segments reach beyond its end.
     */
    public boolean read(long pc, byte[] into, int length) throws IOException {
        if (segment == null || !holds(segment, pc, length)) {
            segment = null;
            reader = null;
            for (ProgramHeader header : file.programHeaders()) {
                if (header.type() == ProgramHeader.LOAD && holds(header, pc, length)) {
                    segment = header;
                }
            }
        }
        if (segment == null) {
            return false;
        }
        try {
            if (reader == null) {
                reader = file.rawReader(segment);
            }
            reader.copy(pc - segment.vaddr(), into, 0, length);
            return true;
        } catch (ElfException e) {
            return false;
        }
    }

    private static boolean holds(ProgramHeader header, long pc, int length) {
        long offset = pc - header.vaddr();
        return offset >= 0 && offset <= header.fileSizeBytes() - length;
    }
}
