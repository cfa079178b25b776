package dev.sonde.agent.kallsyms;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/**
 * Names by number, compressed by blocks: few of a kernel's functions are ever sampled, and each of those is asked for
 * once a reading. A third of what the names take. Not thread-safe.
 */
final class NameBlocks {

    /** Some 6 KiB, which compress well and are inflated in some 20 us. */
    private static final int BLOCK_NAMES = 256;

    private static final byte END = '\n';

    private final byte[] bytes;
    private final int[] starts;
    private final int[] lengths;
    private byte[] block = {};
    private int inflated = -1;

    private NameBlocks(byte[] bytes, int[] starts, int[] lengths) {
        this.bytes = bytes;
        this.starts = starts;
        this.lengths = lengths;
    }

    /** The name of a number; allocates. */
    String name(int number) {
        inflate(number / BLOCK_NAMES);
        int start = 0;
        for (int i = number % BLOCK_NAMES; i > 0; i--) {
            start = end(start) + 1;
        }
        return new String(block, start, end(start) - start, StandardCharsets.UTF_8);
    }

    private int end(int from) {
        int at = from;
        while (block[at] != END) {
            at++;
        }
        return at;
    }

    private void inflate(int number) {
        if (number == inflated) {
            return;
        }
        byte[] into = new byte[lengths[number]];
        try (Inflater inflater = new Inflater()) {
            inflater.setInput(bytes, starts[number], starts[number + 1] - starts[number]);
            int length = inflater.inflate(into);
            if (length != into.length) {
                throw new IllegalStateException("names inflated: " + length + " bytes of " + into.length);
            }
        } catch (DataFormatException e) {
            throw new IllegalStateException("what was deflated here does not inflate", e);
        }
        block = into;
        inflated = number;
    }

    /** What all take in memory. */
    long memoryBytes() {
        return bytes.length + (long) Integer.BYTES * (starts.length + lengths.length);
    }

    /** Takes names in the order of their numbers. */
    static final class Writer implements AutoCloseable {

        /** Of names that are 22 bytes long on average. */
        private static final int FIRST_BYTES = 8 << 10;

        private final Deflater deflater = new Deflater(Deflater.BEST_SPEED);
        private final int count;
        private final int[] starts;
        private final int[] lengths;
        private byte[] block = new byte[FIRST_BYTES];
        private byte[] bytes;
        private int names;
        private int blockBytes;

        /** @param count how many will come */
        Writer(int count) {
            this.count = count;
            int blocks = (count + BLOCK_NAMES - 1) / BLOCK_NAMES;
            starts = new int[blocks + 1];
            lengths = new int[blocks];
            bytes = new byte[blocks * FIRST_BYTES / 2];
        }

        /** A name has no line feed in it. */
        void add(byte[] text, int start, int length) {
            if (blockBytes + length + 1 > block.length) {
                block = Arrays.copyOf(block, Math.max(2 * block.length, blockBytes + length + 1));
            }
            System.arraycopy(text, start, block, blockBytes, length);
            blockBytes += length;
            block[blockBytes++] = END;
            if (++names % BLOCK_NAMES == 0 || names == count) {
                deflate((names - 1) / BLOCK_NAMES);
            }
        }

        private void deflate(int number) {
            deflater.reset();
            deflater.setInput(block, 0, blockBytes);
            deflater.finish();
            int end = starts[number];
            while (!deflater.finished()) {
                if (end == bytes.length) {
                    bytes = Arrays.copyOf(bytes, 2 * bytes.length);
                }
                end += deflater.deflate(bytes, end, bytes.length - end);
            }
            starts[number + 1] = end;
            lengths[number] = blockBytes;
            blockBytes = 0;
        }

        NameBlocks finish() {
            return new NameBlocks(Arrays.copyOf(bytes, starts[starts.length - 1]), starts, lengths);
        }

        @Override
        public void close() {
            deflater.close();
        }
    }
}
