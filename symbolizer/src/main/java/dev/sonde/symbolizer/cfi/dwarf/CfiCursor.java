package dev.sonde.symbolizer.cfi.dwarf;

import dev.sonde.symbolizer.cfi.FrameProblem;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Reads the fields of one entry from its bytes. Whatever lies past the limit is a fault. */
final class CfiCursor {

    private static final VarHandle U16 = view(short[].class);
    private static final VarHandle U32 = view(int[].class);
    private static final VarHandle I64 = view(long[].class);

    private static final int OMITTED = 0xff;
    private static final int INDIRECT = 0x80;
    private static final int PC_RELATIVE = 0x10;

    private byte[] bytes;
    private int position;
    private int limit;
    private long address;

    /** Reads {@code bytes[from..limit)}; {@code bytes[0]} lies at the ELF virtual address. */
    void reset(byte[] source, int from, int end, long firstAddress) {
        bytes = source;
        position = from;
        limit = end;
        address = firstAddress;
    }

    int position() {
        return position;
    }

    int limit() {
        return limit;
    }

    boolean hasMore() {
        return position < limit;
    }

    /** Narrows the cursor to the next bytes. */
    void limitTo(long length) throws CfiFault {
        require(length);
        limit = position + (int) length;
    }

    /** Takes a narrowing back. */
    void widenTo(int formerLimit) {
        limit = formerLimit;
    }

    void moveTo(int at) {
        position = at;
    }

    void skip(long length) throws CfiFault {
        require(length);
        position += (int) length;
    }

    int u8() throws CfiFault {
        require(1);
        return bytes[position++] & 0xff;
    }

    int u16() throws CfiFault {
        require(2);
        int value = (short) U16.get(bytes, position) & 0xffff;
        position += 2;
        return value;
    }

    long u32() throws CfiFault {
        require(4);
        long value = (int) U32.get(bytes, position) & 0xffff_ffffL;
        position += 4;
        return value;
    }

    long i64() throws CfiFault {
        require(8);
        long value = (long) I64.get(bytes, position);
        position += 8;
        return value;
    }

    /** An unsigned LEB128 (DWARF 5, section 7.6); bits above 64 are dropped. */
    long uleb() throws CfiFault {
        return leb(false);
    }

    /** A signed LEB128. */
    long sleb() throws CfiFault {
        return leb(true);
    }

    private long leb(boolean signed) throws CfiFault {
        long value = 0;
        int shift = 0;
        int next;
        do {
            next = u8();
            if (shift < Long.SIZE) {
                value |= (long) (next & 0x7f) << shift;
            }
            shift += 7;
        } while ((next & 0x80) != 0);
        return signed && shift < Long.SIZE && (next & 0x40) != 0 ? value | (-1L << shift) : value;
    }

    /** A pointer by its DW_EH_PE encoding (LSB 5.0, section 10.5.1). */
    long pointer(int encoding) throws CfiFault {
        if (encoding == OMITTED || (encoding & INDIRECT) != 0) {
            throw new CfiFault(FrameProblem.POINTER_ENCODING);
        }
        long at = address + position;
        long value = value(encoding);
        return switch (encoding & 0x70) {
            case 0 -> value;
            case PC_RELATIVE -> value + at;
            default -> throw new CfiFault(FrameProblem.POINTER_ENCODING);
        };
    }

    /** The number in a pointer, taken as it stands. */
    long value(int encoding) throws CfiFault {
        return switch (encoding & 0xf) {
            case 0x0, 0x4, 0xc -> i64();
            case 0x1 -> uleb();
            case 0x2 -> u16();
            case 0x3 -> u32();
            case 0x9 -> sleb();
            case 0xa -> (short) u16();
            case 0xb -> (int) u32();
            default -> throw new CfiFault(FrameProblem.POINTER_ENCODING);
        };
    }

    private void require(long length) throws CfiFault {
        if (length < 0 || length > limit - position) {
            throw new CfiFault(FrameProblem.TRUNCATED_ENTRY);
        }
    }

    private static VarHandle view(Class<?> arrayType) {
        return MethodHandles.byteArrayViewVarHandle(arrayType, ByteOrder.LITTLE_ENDIAN);
    }
}
