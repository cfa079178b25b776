package dev.sonde.agent.jvm.code;

import dev.sonde.agent.jvm.memory.MemoryPages;
import dev.sonde.agent.jvm.memory.ProcessReadException;

/**
 * Reads HotSpot's UNSIGNED5 numbers (utilities/unsigned5.hpp; before JDK 20 code/compressedStream.cpp): up to five bytes,
 * lowest digits first, bytes of 192 and more say that another follows. Since JDK 20 no byte is zero and digits are one
 * less. One thread at a time.
 */
public final class CompressedNumbers {

    /** A byte of this or more is followed by another (2^8 - 2^6). */
    private static final int MORE = 192;

    private static final int DIGIT_BITS = 6;
    private static final int MAX_BYTES = 5;

    private final MemoryPages pages;
    private final int excluded;
    private long at;
    private long limit;

    /**
     * Numbers of a process.
     *
     * @param excludesZero whether they are written without zero bytes
     */
    public CompressedNumbers(MemoryPages pages, boolean excludesZero) {
        this.pages = pages;
        this.excluded = excludesZero ? 1 : 0;
    }

    /** Goes to an address; reading stops with an exception at the limit. */
    public void seek(long address, long end) {
        at = address;
        limit = end;
    }

    /** The next byte as it stands. */
    public int nextByte() throws ProcessReadException {
        if (at >= limit) {
            throw ProcessReadException.implausible("compressed number at", at, "an address below " + limit);
        }
        return pages.u8(at++);
    }

    /** The next number; unsigned, though it comes as an int. */
    public int next() throws ProcessReadException {
        int sum = 0;
        for (int i = 0; i < MAX_BYTES; i++) {
            int digit = nextByte();
            if (digit < excluded) {
                throw ProcessReadException.implausible("compressed digit", digit, "at least " + excluded);
            }
            sum += (digit - excluded) << (i * DIGIT_BITS);
            if (digit < MORE) {
                break;
            }
        }
        return sum;
    }

    /** The next signed number: its sign is the lowest bit. */
    public int nextSigned() throws ProcessReadException {
        int value = next();
        return (value >>> 1) ^ -(value & 1);
    }
}
