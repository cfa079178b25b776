package dev.sonde.symbolizer.elf;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The bytes of an ELF file being made by hand: a header that is right until a test changes it. */
final class ElfImage {

    static final int HEADER = 64;

    private final ByteBuffer bytes;

    ElfImage(int size) {
        bytes = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        bytes.put(0, new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1});
        u16(16, 3).u16(18, 62).u32(20, 1).u16(52, 64).u16(54, 56).u16(58, 64);
    }

    ElfImage u8(int at, int value) {
        bytes.put(at, (byte) value);
        return this;
    }

    ElfImage u16(int at, int value) {
        bytes.putShort(at, (short) value);
        return this;
    }

    ElfImage u32(int at, int value) {
        bytes.putInt(at, value);
        return this;
    }

    ElfImage i64(int at, long value) {
        bytes.putLong(at, value);
        return this;
    }

    /** Places for this many program headers behind the header. */
    ElfImage programHeaders(int count) {
        return i64(32, HEADER).u16(56, count);
    }

    ElfImage programHeader(int index, int type, long offset, long vaddr, long fileSize, long memorySize) {
        int at = HEADER + index * 56;
        return u32(at, type)
                .u32(at + 4, 5)
                .i64(at + 8, offset)
                .i64(at + 16, vaddr)
                .i64(at + 32, fileSize)
                .i64(at + 40, memorySize)
                .i64(at + 48, 4);
    }

    /** A note with a name of four bytes. */
    ElfImage note(int at, String name, int type, byte[] description) {
        u32(at, 4).u32(at + 4, description.length).u32(at + 8, type);
        for (int i = 0; i < name.length(); i++) {
            u8(at + 12 + i, name.charAt(i));
        }
        bytes.put(at + 16, description);
        return this;
    }

    byte[] array() {
        return bytes.array();
    }

    MemorySegment segment() {
        return MemorySegment.ofArray(bytes.array());
    }
}
