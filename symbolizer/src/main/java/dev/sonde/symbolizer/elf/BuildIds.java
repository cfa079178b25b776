package dev.sonde.symbolizer.elf;

import dev.sonde.model.BuildId;
import java.io.IOException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/** Names files by their contents. */
public final class BuildIds {

    private static final int EDGE_BYTES = 4096;

    private BuildIds() {}

    /**
     * The build id of an ELF file: its GNU note, else its {@link #contentHash(ElfFile) content hash}.
     *
     * @throws ElfException when it is not an ELF64 file for x86-64, or a broken one
     */
    public static BuildId of(Path path) throws IOException {
        try (ElfFile file = ElfFile.open(path)) {
            return of(file);
        }
    }

    /** The same of an open file. */
    public static BuildId of(ElfFile file) throws IOException {
        Optional<BuildId> gnu = file.gnuBuildId();
        return gnu.isPresent() ? gnu.get() : contentHash(file);
    }

    /**
     * SHA-256 over the file's first 4,096 bytes, then its last 4,096 bytes, then its length as 8 bytes, little-endian.
     * In a file shorter than 8,192 bytes the two parts overlap; in one shorter than 4,096 both are the whole file.
     */
    public static BuildId contentHash(ElfFile file) throws IOException {
        MessageDigest digest = sha256();
        ElfReader reader = file.wholeReader();
        long size = reader.sizeBytes();
        byte[] edge = new byte[(int) Math.min(EDGE_BYTES, size)];
        reader.copy(0, edge, 0, edge.length);
        digest.update(edge);
        reader.copy(size - edge.length, edge, 0, edge.length);
        digest.update(edge);
        for (int shift = 0; shift < Long.SIZE; shift += Byte.SIZE) {
            digest.update((byte) (size >>> shift));
        }
        return new BuildId(BuildId.Type.HASH, HexFormat.of().formatHex(digest.digest()));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256, which every JDK has, is missing", e);
        }
    }
}
