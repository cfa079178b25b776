package dev.sonde.server.web;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/** An answer on its way into memory, up to a bound. */
final class AnswerBuffer extends OutputStream {

    /** More than browsers and tools can use. */
    private static final int MAX_BYTES = 128 << 20;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    /** The answer would be larger than the bound. */
    static final class TooLargeException extends IOException {
        TooLargeException(String message) {
            super(message);
        }
    }

    @Override
    public void write(int value) throws IOException {
        check(1);
        bytes.write(value);
    }

    @Override
    public void write(byte[] source, int from, int length) throws IOException {
        check(length);
        bytes.write(source, from, length);
    }

    private void check(int more) throws TooLargeException {
        if (bytes.size() + (long) more > MAX_BYTES) {
            throw new TooLargeException("answer: more than " + MAX_BYTES
                    + " bytes (expected: a narrower selector, a shorter range or a higher min_share)");
        }
    }

    byte[] toByteArray() {
        return bytes.toByteArray();
    }
}
