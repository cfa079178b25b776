package dev.sonde.symbolizer.elf;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** Sections with SHF_COMPRESSED: an Elf64_Chdr {type u32, reserved u32, size u64, alignment u64}, then the stream. */
final class CompressedSection {

    private static final int HEADER_BYTES = 24;
    private static final int ZLIB = 1;

    /** Held in memory whole; a symbol or string table of this size belongs to no program that is known. */
    private static final long MAX_INFLATED_BYTES = 256L << 20;

    /** Deflate cannot do better (zlib's technical notes: 1032:1), so a larger claim is a lie, found before allocating. */
    private static final long MAX_RATIO = 1032;

    private static final int CHUNK_BYTES = 16 * 1024;

    private CompressedSection() {}

    static ElfReader inflate(String name, ElfReader raw) throws IOException {
        long type = raw.u32(0);
        if (type != ZLIB) {
            throw ElfException.unsupported("ch_type of " + name, type, "1, zlib");
        }
        long size = raw.i64(8);
        if (size < 0 || size > MAX_INFLATED_BYTES || size / MAX_RATIO > raw.sizeBytes()) {
            throw ElfException.tooLarge(
                    "ch_size of " + name,
                    Long.toUnsignedString(size),
                    "at most " + MAX_INFLATED_BYTES + ", and at most 1032 times " + raw.sizeBytes());
        }
        byte[] inflated = new byte[(int) size];
        inflate(name, raw, inflated);
        ElfBytes bytes = new ElfBytes.Segment(MemorySegment.ofArray(inflated));
        return new ElfReader(bytes, name, 0, size);
    }

    private static void inflate(String name, ElfReader raw, byte[] into) throws IOException {
        byte[] chunk = new byte[CHUNK_BYTES];
        long at = HEADER_BYTES;
        int done = 0;
        try (Inflater inflater = new Inflater()) {
            while (done < into.length) {
                if (inflater.needsInput()) {
                    int length = (int) Math.min(chunk.length, raw.sizeBytes() - at);
                    raw.copy(at, chunk, 0, length);
                    inflater.setInput(chunk, 0, length);
                    at += length;
                }
                int count = inflater.inflate(into, done, into.length - done);
                done += count;
                if (count == 0 && (!inflater.needsInput() || at == raw.sizeBytes())) {
                    throw ElfException.malformed("section " + name, "inflates to " + done, into.length + " bytes");
                }
            }
        } catch (DataFormatException e) {
            throw ElfException.malformed("section " + name, "zlib: " + e.getMessage(), "a zlib stream");
        }
    }
}
