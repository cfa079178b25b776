package dev.sonde.symbolizer.cfi.golang;

import dev.sonde.symbolizer.cfi.code.CodeBytes;
import dev.sonde.symbolizer.elf.ElfFile;
import java.io.IOException;
import java.util.Arrays;

/** The first instructions of functions that make rbp their frame pointer. */
final class Prologue {

    /** push %rbp; mov %rsp,%rbp */
    private static final byte[] FRAME_POINTER = {0x55, 0x48, (byte) 0x89, (byte) 0xe5};

    /** Behind both rbp is the function's own. */
    static final int BYTES = FRAME_POINTER.length;

    private final CodeBytes code;
    private final byte[] bytes = new byte[BYTES];

    Prologue(ElfFile file) {
        this.code = new CodeBytes(file);
    }

    /** Whether a function begins so. */
    boolean isAt(long pc) throws IOException {
        return code.read(pc, bytes, BYTES) && Arrays.equals(bytes, FRAME_POINTER);
    }
}
