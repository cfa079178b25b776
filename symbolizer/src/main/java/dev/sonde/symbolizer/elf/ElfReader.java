package dev.sonde.symbolizer.elf;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * Little-endian access to one range of an ELF file through a window that moves with the reads. Every position is
 * checked; one thread at a time.
 */
public final class ElfReader {

    /** Long enough for runs of table entries, small enough to hold one per open table. */
    private static final int WINDOW_BYTES = 64 * 1024;

    private static final VarHandle U16 = view(short[].class);
    private static final VarHandle U32 = view(int[].class);
    private static final VarHandle I64 = view(long[].class);

    private final ElfBytes bytes;
    private final String what;
    private final long base;
    private final long sizeBytes;
    private final byte[] window;
    private long windowAt;
    private int windowLength;

    /** A reader of {@code [base, base + sizeBytes)}, which lies within the bytes. */
    ElfReader(ElfBytes bytes, String what, long base, long sizeBytes, int windowBytes) {
        Objects.checkFromIndexSize(base, sizeBytes, bytes.sizeBytes());
        this.bytes = bytes;
        this.what = what;
        this.base = base;
        this.sizeBytes = sizeBytes;
        this.window = new byte[(int) Math.min(sizeBytes, windowBytes)];
    }

    ElfReader(ElfBytes bytes, String what, long base, long sizeBytes) {
        this(bytes, what, base, sizeBytes, WINDOW_BYTES);
    }

    /** A reader of the first {@code length} bytes of an array. */
    public static ElfReader of(byte[] array, int length) {
        ElfBytes bytes = new ElfBytes.Segment(MemorySegment.ofArray(array));
        return new ElfReader(bytes, "array", 0, length);
    }

    /** A reader of a part of this range, with its own window. */
    ElfReader slice(String part, long at, long length) throws ElfException {
        check(at, length);
        return new ElfReader(bytes, part, base + at, length);
    }

    /** Length of the range; positions run from 0 to here. */
    public long sizeBytes() {
        return sizeBytes;
    }

    /** The unsigned byte at a position. */
    public int u8(long at) throws IOException {
        return window[fill(at, 1)] & 0xff;
    }

    /** The unsigned 16-bit number at a position. */
    public int u16(long at) throws IOException {
        return (short) U16.get(window, fill(at, 2)) & 0xffff;
    }

    /** The unsigned 32-bit number at a position. */
    public long u32(long at) throws IOException {
        return (int) U32.get(window, fill(at, 4)) & 0xffff_ffffL;
    }

    /** The 64-bit number at a position; addresses and sizes above {@code Long.MAX_VALUE} come out negative. */
    public long i64(long at) throws IOException {
        return (long) I64.get(window, fill(at, 8));
    }

    /** Copies a run of bytes. */
    public void copy(long at, byte[] into, int from, int length) throws IOException {
        check(at, length);
        Objects.checkFromIndexSize(from, length, into.length);
        int done = 0;
        while (done < length) {
            int index = fill(at + done, 1);
            int chunk = Math.min(length - done, windowLength - index);
            System.arraycopy(window, index, into, from + done, chunk);
            done += chunk;
        }
    }

    /** The position of the first zero byte at or after {@code at}, or {@link #sizeBytes()} where there is none. */
    public long indexOfNul(long at) throws IOException {
        long position = at;
        while (position < sizeBytes) {
            int index = fill(position, 1);
            for (int i = index; i < windowLength; i++) {
                if (window[i] == 0) {
                    return windowAt + i;
                }
            }
            position = windowAt + windowLength;
        }
        return sizeBytes;
    }

    /** The text up to a zero byte, the end of the range, or {@code maxBytes}; UTF-8, broken sequences replaced. */
    public String text(long at, int maxBytes) throws IOException {
        check(at, 0);
        byte[] text = new byte[(int) Math.min(maxBytes, sizeBytes - at)];
        int length = 0;
        while (length < text.length) {
            byte b = window[fill(at + length, 1)];
            if (b == 0) {
                break;
            }
            text[length++] = b;
        }
        return new String(text, 0, length, StandardCharsets.UTF_8);
    }

    /** Makes the run visible in the window and returns its index there. */
    private int fill(long at, int length) throws IOException {
        long index = at - windowAt;
        if (index >= 0 && index + length <= windowLength) {
            return (int) index;
        }
        check(at, length);
        int wanted = (int) Math.min(window.length, sizeBytes - at);
        // Nothing stays visible when the read fails half way.
        windowLength = 0;
        bytes.read(base + at, window, 0, wanted);
        windowAt = at;
        windowLength = wanted;
        return 0;
    }

    private void check(long at, long length) throws ElfException {
        if (!ElfRanges.within(at, length, sizeBytes)) {
            throw ElfException.malformed(
                    what + ": read of " + length + " bytes at", Long.toUnsignedString(at), "within " + sizeBytes);
        }
    }

    private static VarHandle view(Class<?> arrayType) {
        return MethodHandles.byteArrayViewVarHandle(arrayType, ByteOrder.LITTLE_ENDIAN);
    }
}
