package dev.sonde.symbolizer.elf;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** Where the bytes of an ELF file come from. */
sealed interface ElfBytes {

    /** How many bytes there are; fixed when the file is opened. */
    long sizeBytes();

    /** Fills {@code into[from..from+length)} from {@code offset}; the range lies within {@link #sizeBytes()}. */
    void read(long offset, byte[] into, int from, int length) throws IOException;

    /** Gives the source back. */
    void close() throws IOException;

    /** A file, read by pread. */
    record Channel(FileChannel channel, long sizeBytes) implements ElfBytes {
        @Override
        public void read(long offset, byte[] into, int from, int length) throws IOException {
            ByteBuffer buffer = ByteBuffer.wrap(into, from, length);
            while (buffer.hasRemaining()) {
                long position = offset + length - buffer.remaining();
                if (channel.read(buffer, position) < 0) {
                    throw ElfException.malformed(
                            "file", "ends at " + position, "still the " + sizeBytes + " bytes it had when opened");
                }
            }
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    /** Memory of the caller's, who keeps it alive. */
    record Segment(MemorySegment segment) implements ElfBytes {
        @Override
        public long sizeBytes() {
            return segment.byteSize();
        }

        @Override
        public void read(long offset, byte[] into, int from, int length) throws IOException {
            try {
                MemorySegment.copy(segment, ValueLayout.JAVA_BYTE, offset, into, from, length);
            } catch (InternalError e) {
                // What HotSpot makes of SIGBUS: the segment maps a file that was truncated.
                ElfException gone = ElfException.malformed(
                        "mapped file", "unreadable at " + offset, "its " + segment.byteSize() + " bytes still there");
                gone.initCause(e);
                throw gone;
            }
        }

        @Override
        public void close() {}
    }
}
