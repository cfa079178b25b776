package dev.sonde.symbolizer.symbols;

/** A record being written, field by field, little-endian. */
final class LittleEndian {

    private final byte[] array;
    private int at;

    LittleEndian(int sizeBytes) {
        array = new byte[sizeBytes];
    }

    LittleEndian reset() {
        at = 0;
        return this;
    }

    LittleEndian u8(int value) {
        array[at++] = (byte) value;
        return this;
    }

    LittleEndian u16(int value) {
        return u8(value).u8(value >>> 8);
    }

    LittleEndian u32(int value) {
        return u16(value).u16(value >>> 16);
    }

    LittleEndian i64(long value) {
        return u32((int) value).u32((int) (value >>> 32));
    }

    LittleEndian bytes(byte[] value) {
        System.arraycopy(value, 0, array, at, value.length);
        at += value.length;
        return this;
    }

    byte[] array() {
        return array;
    }
}
