package dev.sonde.agent.ship;

import dev.sonde.model.BuildId;
import dev.sonde.symbolizer.elf.BuildIds;
import dev.sonde.symbolizer.elf.ElfException;
import dev.sonde.symbolizer.elf.ElfFile;
import dev.sonde.symbolizer.elf.Section;
import dev.sonde.symbolizer.symbols.DebuginfoExtractor;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * What of a file the server needs for names, as a file of its own.
 *
 * @param file where it lies
 * @param sizeBytes its length
 * @param sha256 its SHA-256 in hexadecimal
 */
record DebuginfoExtract(Path file, long sizeBytes, String sha256) {

    /** The file has more symbols than are taken. */
    static final class TooLargeException extends IOException {
        private static final long serialVersionUID = 1;

        TooLargeException(String message) {
            super(message);
        }
    }

    /**
     * Extracts.
     *
     * @param expected what the source is to be
     * @param maxTableBytes bound of the source's symbol and string tables
     * @throws TooLargeException when the tables are larger than their bound
     * @throws ElfException when the file or its symbols cannot be understood, or it is another file by now
     * @throws IOException when the file cannot be read, is another one or the extract not be written
     */
    static DebuginfoExtract of(Path source, BuildId expected, Path to, long maxTableBytes) throws IOException {
        try (ElfFile elf = ElfFile.open(source)) {
            requireSame(BuildIds.of(elf), expected, source);
            checkSize(elf, maxTableBytes);
            MessageDigest digest = newSha256();
            long size;
            try (OutputStream out = new DigestOutputStream(Files.newOutputStream(to), digest)) {
                size = DebuginfoExtractor.extract(elf, out);
            }
            return new DebuginfoExtract(to, size, HexFormat.of().formatHex(digest.digest()));
        }
    }

    /** The path was looked at before it was opened; the names of another file would go under this one's build id. */
    private static void requireSame(BuildId found, BuildId expected, Path source) throws IOException {
        if (!found.equals(expected)) {
            throw new IOException(source + ": build id " + found.hex() + " (expected: " + expected.hex() + ")");
        }
    }

    private static void checkSize(ElfFile elf, long maxTableBytes) throws IOException {
        long bytes = 0;
        for (Section section : elf.sections()) {
            int type = section.type();
            if (type == Section.SYMTAB || type == Section.DYNSYM || type == Section.STRTAB) {
                bytes += section.sizeBytes();
            }
        }
        if (bytes > maxTableBytes) {
            throw new TooLargeException("symbols: " + bytes + " bytes (expected: at most " + maxTableBytes + ")");
        }
    }

    private static MessageDigest newSha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256, which every JDK has, is missing", e);
        }
    }
}
