package dev.sonde.agent.mapping;

import dev.sonde.model.BuildId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The build id of type HASH of a file that is no ELF: SHA-256 of its first 4 KiB, its last 4 KiB and its length as 8
 * bytes, little-endian, the same as {@code dev.sonde.symbolizer.elf.BuildIds} gives ELF files without a note.
 */
final class ContentHash {

    private static final int EDGE_BYTES = 4096;

    private ContentHash() {}

    static BuildId of(Path file) throws IOException {
        MessageDigest digest = sha256();
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long size = channel.size();
            int edge = (int) Math.min(EDGE_BYTES, size);
            digest.update(read(channel, 0, edge));
            digest.update(read(channel, size - edge, edge));
            digest.update(ByteBuffer.allocate(Long.BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(0, size));
        }
        return new BuildId(BuildId.Type.HASH, HexFormat.of().formatHex(digest.digest()));
    }

    private static ByteBuffer read(FileChannel channel, long offset, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(length);
        while (buffer.hasRemaining() && channel.read(buffer, offset + buffer.position()) > 0) {}
        return buffer.flip();
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256, which every JDK has, is missing", e);
        }
    }
}
