package dev.sonde.pprof;

import dev.sonde.pprof.PprofException.Reason;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Unpacks gzip (RFC 1952), several members in a row included, into a buffer that is kept. Stops at a size limit, so that
 * a bomb costs no more than the limit.
 */
final class Gunzip {

    private static final int HEADER_BYTES = 10;
    private static final int TRAILER_BYTES = 8;
    private static final int FLAG_HEADER_CRC = 2;
    private static final int FLAG_EXTRA = 4;
    private static final int FLAG_NAME = 8;
    private static final int FLAG_COMMENT = 16;
    /** Buffers above this are not kept for the next profile: one giant must not cost memory for ever. */
    private static final int MAX_KEPT_BYTES = 8 << 20;

    private final int maxBytes;
    private final CRC32 crc = new CRC32();
    private byte[] buffer = new byte[64 << 10];
    private int length;

    Gunzip(int maxBytes) {
        this.maxBytes = maxBytes;
    }

    static boolean isGzip(byte[] bytes) {
        return bytes.length >= 2 && (bytes[0] & 0xff) == 0x1f && (bytes[1] & 0xff) == 0x8b;
    }

    /** The unpacked bytes; valid until the next call of {@link #unpack}. */
    byte[] buffer() {
        return buffer;
    }

    /** Unpacks everything and returns the number of bytes in {@link #buffer()}. */
    int unpack(byte[] in) throws PprofException {
        if (buffer.length > MAX_KEPT_BYTES) {
            buffer = new byte[64 << 10];
        }
        length = 0;
        int position = 0;
        Inflater inflater = new Inflater(true);
        try {
            while (position < in.length) {
                position = member(in, position, inflater);
                inflater.reset();
            }
        } catch (DataFormatException e) {
            throw new PprofException(
                    Reason.MALFORMED, "profile: gzip data broken: " + e.getMessage() + " (expected: deflate)", e);
        } finally {
            inflater.end();
        }
        return length;
    }

    private int member(byte[] in, int start, Inflater inflater) throws PprofException, DataFormatException {
        int position = skipHeader(in, start);
        int memberStart = length;
        inflater.setInput(in, position, in.length - position);
        while (!inflater.finished()) {
            if (length == buffer.length) {
                grow();
            }
            int read = inflater.inflate(buffer, length, buffer.length - length);
            length += read;
            if (read == 0 && !inflater.finished() && (inflater.needsInput() || inflater.needsDictionary())) {
                throw truncated();
            }
        }
        position = in.length - inflater.getRemaining();
        if (in.length - position < TRAILER_BYTES) {
            throw truncated();
        }
        crc.reset();
        crc.update(buffer, memberStart, length - memberStart);
        if (crc.getValue() != littleEndian(in, position)) {
            throw new PprofException(Reason.MALFORMED, "profile: gzip checksum differs (expected: the stored CRC-32)");
        }
        if ((length - memberStart) != (int) littleEndian(in, position + 4)) {
            throw new PprofException(Reason.MALFORMED, "profile: gzip length differs (expected: the stored length)");
        }
        return position + TRAILER_BYTES;
    }

    private void grow() throws PprofException {
        if (buffer.length >= maxBytes) {
            throw new PprofException(
                    Reason.TOO_LARGE, "profile: more than " + maxBytes + " bytes unpacked (expected: at most that)");
        }
        buffer = Arrays.copyOf(buffer, (int) Math.min(maxBytes, buffer.length * 2L));
    }

    private static int skipHeader(byte[] in, int start) throws PprofException {
        if (in.length - start < HEADER_BYTES || (in[start] & 0xff) != 0x1f || (in[start + 1] & 0xff) != 0x8b) {
            throw new PprofException(
                    Reason.MALFORMED, "profile: bytes at " + start + " are no gzip header (expected: one, or the end)");
        }
        int flags = in[start + 3];
        int position = start + HEADER_BYTES;
        if ((flags & FLAG_EXTRA) != 0) {
            if (in.length - position < 2) {
                throw truncated();
            }
            position += 2 + ((in[position] & 0xff) | (in[position + 1] & 0xff) << 8);
        }
        if ((flags & FLAG_NAME) != 0) {
            position = skipText(in, position);
        }
        if ((flags & FLAG_COMMENT) != 0) {
            position = skipText(in, position);
        }
        if ((flags & FLAG_HEADER_CRC) != 0) {
            position += 2;
        }
        if (position > in.length) {
            throw truncated();
        }
        return position;
    }

    private static int skipText(byte[] in, int start) throws PprofException {
        for (int i = start; i < in.length; i++) {
            if (in[i] == 0) {
                return i + 1;
            }
        }
        throw truncated();
    }

    private static long littleEndian(byte[] in, int at) {
        return (in[at] & 0xffL) | (in[at + 1] & 0xffL) << 8 | (in[at + 2] & 0xffL) << 16 | (in[at + 3] & 0xffL) << 24;
    }

    private static PprofException truncated() {
        return new PprofException(Reason.MALFORMED, "profile: gzip data ends in the middle (expected: all of it)");
    }
}
