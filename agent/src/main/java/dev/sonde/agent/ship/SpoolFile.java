package dev.sonde.agent.ship;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/**
 * One batch as a file: 8 bytes of magic, the payload's CRC-32C and length (4 bytes each, big-endian), the payload. It is
 * written beside its place, forced to disk and renamed, so that a file of the right name is whole or the disk lied.
 */
final class SpoolFile {

    private static final long MAGIC = 0x534f_4e44_4553_5031L; // "SONDESP1"
    private static final int HEADER_BYTES = 16;

    private SpoolFile() {}

    /** The bytes that a payload takes on disk. */
    static long sizeOnDisk(int payloadBytes) {
        return HEADER_BYTES + (long) payloadBytes;
    }

    /** Writes a file that is whole and on disk when this returns. */
    static void write(Path file, Path temporary, byte[] payload) throws IOException {
        ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES)
                .putLong(MAGIC)
                .putInt(crc(payload))
                .putInt(payload.length)
                .flip();
        try {
            writeForced(temporary, header, ByteBuffer.wrap(payload));
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            // What is left of it would take room that nothing counts.
            delete(temporary, e);
            throw e;
        }
        forceDirectory(file.getParent());
    }

    private static void writeForced(Path file, ByteBuffer header, ByteBuffer payload) throws IOException {
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            writeFully(channel, header);
            writeFully(channel, payload);
            channel.force(true);
        }
    }

    /** Deletes what a failure left; a failure to do so goes with the failure. */
    static void delete(Path file, IOException failure) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }

    /**
     * Reads a payload back.
     *
     * @throws SpoolCorruptException when the file is not what was written
     */
    static byte[] read(Path file, int maxPayloadBytes) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
            readFully(channel, header, file);
            header.flip();
            if (header.getLong() != MAGIC) {
                throw new SpoolCorruptException(file + ": no batch (expected: its magic number)");
            }
            int crc = header.getInt();
            int length = header.getInt();
            if (length < 0 || length > maxPayloadBytes || channel.size() != sizeOnDisk(length)) {
                throw new SpoolCorruptException(file + ": payload of " + length + " bytes in a file of "
                        + channel.size() + " (expected: the file's size less " + HEADER_BYTES + ", at most "
                        + maxPayloadBytes + ")");
            }
            ByteBuffer payload = ByteBuffer.allocate(length);
            readFully(channel, payload, file);
            if (crc(payload.array()) != crc) {
                throw new SpoolCorruptException(file + ": wrong checksum");
            }
            return payload.array();
        }
    }

    /** A rename is on disk when its directory is (fsync(2)). */
    private static void forceDirectory(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static void writeFully(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    private static void readFully(FileChannel channel, ByteBuffer into, Path file) throws IOException {
        while (into.hasRemaining()) {
            if (channel.read(into) < 0) {
                throw new SpoolCorruptException(file + ": ends " + into.remaining() + " bytes early");
            }
        }
    }

    private static int crc(byte[] payload) {
        CRC32C crc = new CRC32C();
        crc.update(payload);
        return (int) crc.getValue();
    }
}
