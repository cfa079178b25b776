package dev.sonde.symbolizer.cfi.golang;

import dev.sonde.symbolizer.elf.ElfReader;
import java.io.IOException;

/**
 * A table of values by address (runtime/symtab.go, step): pairs of varints, the change of the value, zigzag-coded, and
 * the bytes of code that it then holds for. It starts at -1 and ends with a change of zero.
 */
final class FrameSizes {

    private static final int MAX_VARINT_BYTES = 5;

    private final ElfReader section;
    private final long tablesAt;
    private long at;
    private boolean first;
    private long value;
    private long codeBytes;

    FrameSizes(ElfReader section, long tablesAt) {
        this.section = section;
        this.tablesAt = tablesAt;
    }

    /** Goes to the table at an offset; false for offset 0, which means none. */
    boolean start(long offset) {
        at = tablesAt + offset;
        first = true;
        value = -1;
        return offset != 0;
    }

    /** Reads the next pair; false at the end. */
    boolean next() throws IOException {
        long change = varint();
        if (change == 0 && !first) {
            return false;
        }
        first = false;
        value += (change >>> 1) ^ -(change & 1);
        codeBytes = varint();
        return true;
    }

    private long varint() throws IOException {
        long result = 0;
        for (int i = 0; i < MAX_VARINT_BYTES; i++) {
            int next = section.u8(at++);
            result |= (long) (next & 0x7f) << (7 * i);
            if ((next & 0x80) == 0) {
                break;
            }
        }
        return result;
    }

    /** Bytes between rsp and the return address. */
    long frameBytes() {
        return value;
    }

    /** Bytes of code that this holds for. */
    long codeBytes() {
        return codeBytes;
    }
}
