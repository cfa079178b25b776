package dev.sonde.symbolizer.cfi;

import dev.sonde.symbolizer.elf.ElfFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * An ELF file of code at {@code 0x1000}, 64 KiB long and without bytes, and of frame information that a test writes by
 * hand. Addresses in it are absolute.
 */
final class FrameImage {

    static final long CODE = 0x1000;
    static final long CODE_BYTES = 0x10000;
    /** Where .eh_frame is loaded, and what the header's table is relative to. */
    static final long FRAME_ADDRESS = 0x20000;

    static final long HEADER_ADDRESS = 0x40000;

    /** def_cfa rsp+8; offset rip at cfa-8: the CIE of every compiler. */
    static final int[] USUAL = {0x0c, 7, 8, 0x90, 1};

    private static final String NAMES = "\0.eh_frame\0.debug_frame\0.names\0";

    private final ByteArrayOutputStream frames = new ByteArrayOutputStream();
    private final boolean debug;
    private byte[] header;
    private byte[] code = {};

    FrameImage() {
        this(false);
    }

    FrameImage(boolean debugFrame) {
        debug = debugFrame;
    }

    /** Adds a CIE with augmentation "z" + more, whose data are these bytes, absolute 8-byte addresses unless they say. */
    int cie(String augmentation, int[] data, int... instructions) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        word(content, debug ? -1 : 0, 4);
        content.write(debug ? 3 : 1);
        content.writeBytes(augmentation.getBytes(StandardCharsets.ISO_8859_1));
        content.write(0);
        content.write(1); // code alignment
        content.write(0x78); // data alignment -8
        content.write(16); // rip
        if (augmentation.startsWith("z")) {
            content.write(data.length);
            bytes(content, data);
        }
        bytes(content, instructions);
        return entry(content);
    }

    int usualCie() {
        return cie("", new int[0], USUAL);
    }

    /** Adds an FDE of a CIE without augmentation data. */
    int fde(int cie, long start, long sizeBytes, int... instructions) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        word(content, debug ? cie : frames.size() + 4 - cie, 4);
        word(content, start, 8);
        word(content, sizeBytes, 8);
        bytes(content, instructions);
        return entry(content);
    }

    /** Adds an FDE whose bytes behind the CIE pointer the test writes. */
    int rawFde(int cie, int... rest) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        word(content, debug ? cie : frames.size() + 4 - cie, 4);
        bytes(content, rest);
        return entry(content);
    }

    FrameImage raw(int... more) {
        bytes(frames, more);
        return this;
    }

    /** Puts instructions at an address of the first page; without this the file has no bytes of its code. */
    FrameImage code(long address, int... instructions) {
        code = new byte[(int) (address - CODE) + 256];
        for (int i = 0; i < instructions.length; i++) {
            code[(int) (address - CODE) + i] = (byte) instructions[i];
        }
        return this;
    }

    /** The offset that the next entry will have. */
    int size() {
        return frames.size();
    }

    /** Adds .eh_frame_hdr with pairs of function address and FDE offset, in this order. */
    FrameImage header(long... pairs) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        bytes(content, 1, 0x1b, 0x03, 0x3b);
        word(content, FRAME_ADDRESS - (HEADER_ADDRESS + 4), 4);
        word(content, pairs.length / 2, 4);
        for (int i = 0; i < pairs.length; i += 2) {
            word(content, pairs[i] - HEADER_ADDRESS, 4);
            word(content, FRAME_ADDRESS + pairs[i + 1] - HEADER_ADDRESS, 4);
        }
        header = content.toByteArray();
        return this;
    }

    private int entry(ByteArrayOutputStream content) {
        int at = frames.size();
        while (content.size() % 4 != 0) {
            content.write(0);
        }
        word(frames, content.size(), 4);
        frames.writeBytes(content.toByteArray());
        return at;
    }

    private static void bytes(ByteArrayOutputStream out, int... values) {
        for (int value : values) {
            out.write(value);
        }
    }

    private static void word(ByteArrayOutputStream out, long value, int width) {
        for (int i = 0; i < width; i++) {
            out.write((int) (value >>> (8 * i)));
        }
    }

    /** The file with section headers, or with program headers alone. */
    byte[] file(boolean withSections) {
        byte[] content = frames.toByteArray();
        int headerAt = 64 + 3 * 56;
        int headerBytes = header == null ? 0 : header.length;
        int framesAt = headerAt + headerBytes;
        int namesAt = framesAt + content.length;
        int codeAt = namesAt + NAMES.length();
        int sectionsAt = codeAt + code.length;
        ByteBuffer out = ByteBuffer.allocate(sectionsAt + 3 * 64).order(ByteOrder.LITTLE_ENDIAN);
        out.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1}).position(16);
        out.putShort((short) 3).putShort((short) 62).putInt(1).putLong(0).putLong(64);
        out.putLong(withSections ? sectionsAt : 0)
                .putInt(0)
                .putShort((short) 64)
                .putShort((short) 56);
        out.putShort((short) 3).putShort((short) 64).putShort((short) (withSections ? 3 : 0));
        out.putShort((short) (withSections ? 2 : 0));
        programHeader(out, 1, 5, codeAt, CODE, code.length, CODE_BYTES);
        programHeader(out, 1, 4, framesAt, FRAME_ADDRESS, content.length, content.length);
        programHeader(out, 0x6474e550, 4, headerAt, HEADER_ADDRESS, headerBytes, headerBytes);
        if (header != null) {
            out.put(header);
        }
        out.put(content).put(NAMES.getBytes(StandardCharsets.ISO_8859_1)).put(code);
        out.position(sectionsAt + 64);
        section(out, debug ? 11 : 1, 1, debug ? 0 : FRAME_ADDRESS, framesAt, content.length);
        section(out, 24, 3, 0, namesAt, NAMES.length());
        return out.array();
    }

    private static void programHeader(
            ByteBuffer out, int type, int flags, long offset, long address, long fileBytes, long memoryBytes) {
        out.putInt(type).putInt(flags).putLong(offset).putLong(address).putLong(address);
        out.putLong(fileBytes).putLong(memoryBytes).putLong(1);
    }

    private static void section(ByteBuffer out, int name, int type, long address, long offset, long size) {
        out.putInt(name)
                .putInt(type)
                .putLong(0)
                .putLong(address)
                .putLong(offset)
                .putLong(size);
        out.putInt(0).putInt(0).putLong(1).putLong(0);
    }

    UnwindTable table() throws IOException {
        return table(true);
    }

    UnwindTable table(boolean withSections) throws IOException {
        return UnwindTable.read(ElfFile.of(MemorySegment.ofArray(file(withSections))));
    }
}
