package dev.sonde.server.web;

import dev.sonde.server.query.AnswerTooLargeException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/** An answer on its way into memory, up to a bound. */
final class AnswerBuffer extends OutputStream {

    private final int maxBytes;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    AnswerBuffer(int maxBytes) {
        this.maxBytes = maxBytes;
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

    private void check(int more) throws AnswerTooLargeException {
        if (bytes.size() + (long) more > maxBytes) {
            throw new AnswerTooLargeException("answer: more than " + maxBytes
                    + " bytes (expected: a narrower selector, a shorter range or a higher min_share)");
        }
    }

    byte[] toByteArray() {
        return bytes.toByteArray();
    }
}
