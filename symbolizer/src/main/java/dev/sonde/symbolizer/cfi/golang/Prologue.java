package dev.sonde.symbolizer.cfi.golang;

import dev.sonde.symbolizer.elf.ElfFile;
import dev.sonde.symbolizer.elf.ElfReader;
import dev.sonde.symbolizer.elf.ProgramHeader;
import java.io.IOException;

/** Looks at the first instructions of functions. */
final class Prologue {

    /** push %rbp; mov %rsp,%rbp */
    private static final byte[] FRAME_POINTER = {0x55, 0x48, (byte) 0x89, (byte) 0xe5};

    /** Behind the push: rbp is the caller's still. */
    static final int PUSH_BYTES = 1;

    /** Behind both: rbp is the function's own. */
    static final int FRAME_POINTER_BYTES = FRAME_POINTER.length;

    private final ElfFile file;

    Prologue(ElfFile file) {
        this.file = file;
    }

    /** Whether the function makes rbp its frame pointer first of all. */
    boolean setsFramePointer(long pc) throws IOException {
        for (ProgramHeader segment : file.programHeaders()) {
            long offset = pc - segment.vaddr();
            if (segment.type() == ProgramHeader.LOAD
                    && offset >= 0
                    && offset + FRAME_POINTER.length <= segment.fileSizeBytes()) {
                ElfReader code = file.rawReader(segment);
                for (int i = 0; i < FRAME_POINTER.length; i++) {
                    if (code.u8(offset + i) != (FRAME_POINTER[i] & 0xff)) {
                        return false;
                    }
                }
                return true;
            }
        }
        return false;
    }
}
