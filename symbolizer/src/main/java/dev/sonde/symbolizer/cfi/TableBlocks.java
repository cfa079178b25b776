package dev.sonde.symbolizer.cfi;

import dev.sonde.symbolizer.elf.ElfException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.List;

/** Where the blocks of a table are read from. */
public sealed interface TableBlocks {

    /** Fills the array from a block. */
    void read(int block, byte[] into) throws IOException;

    /** Gives the source back. */
    void close() throws IOException;

    /** Blocks in memory. */
    final class Heap implements TableBlocks, BlockSink {
        /**
         * 32 MiB. The agent places none larger than 16 in the kernel, and its heap has 64; libLLVM's million rows are 4.
         */
        public static final int MAX_BLOCKS = 8192;

        private final List<byte[]> blocks = new ArrayList<>();

        @Override
        public void write(byte[] block) throws ElfException {
            if (blocks.size() == MAX_BLOCKS) {
                throw ElfException.tooLarge("blocks of an unwind table", MAX_BLOCKS + 1, "at most " + MAX_BLOCKS);
            }
            blocks.add(block.clone());
        }

        /** How many blocks there are. */
        public int count() {
            return blocks.size();
        }

        @Override
        public void restart() {
            blocks.clear();
        }

        @Override
        public void read(int block, byte[] into) {
            System.arraycopy(blocks.get(block), 0, into, 0, into.length);
        }

        @Override
        public void close() {}
    }

    /**
     * Blocks in a file.
     *
     * @param channel the file
     * @param at where the first block starts
     */
    record Channel(FileChannel channel, long at) implements TableBlocks {
        @Override
        public void read(int block, byte[] into) throws IOException {
            ByteBuffer buffer = ByteBuffer.wrap(into);
            long position = at + (long) block * TableLayout.BLOCK_BYTES;
            while (buffer.hasRemaining()) {
                int read = channel.read(buffer, position + buffer.position());
                if (read < 0) {
                    throw new IOException("unwind table: ends within block " + block);
                }
            }
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
