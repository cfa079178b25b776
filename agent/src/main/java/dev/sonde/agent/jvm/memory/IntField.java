package dev.sonde.agent.jvm.memory;

/**
 * An integer field, whose width differs between versions.
 *
 * @param offset in its object, bytes
 * @param bytes 1, 2, 4 or 8
 */
public record IntField(int offset, int bytes) {

    /** Its value in an object, unsigned below 64 bits. */
    public long unsigned(MemoryPages pages, long object) throws ProcessReadException {
        long at = object + offset;
        return switch (bytes) {
            case 1 -> pages.u8(at);
            case 2 -> pages.u16(at);
            case 4 -> pages.u32(at);
            default -> pages.i64(at);
        };
    }

    /** Its value in an object, signed. */
    public long signed(MemoryPages pages, long object) throws ProcessReadException {
        int shift = Long.SIZE - bytes * Byte.SIZE;
        return unsigned(pages, object) << shift >> shift;
    }
}
