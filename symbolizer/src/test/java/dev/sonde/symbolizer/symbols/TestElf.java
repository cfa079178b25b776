package dev.sonde.symbolizer.symbols;

import dev.sonde.symbolizer.elf.ElfFile;
import dev.sonde.symbolizer.elf.Section;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/** An ELF file with a code section at {@code 0x1000}, 0x1000 long, and the symbols that a test adds to it. */
final class TestElf {

    static final int GLOBAL = 1;
    static final int WEAK = 2;
    static final int LOCAL = 0;
    static final int FUNCTION = 2;
    static final int NONE = 0;
    static final int OBJECT = 1;

    private static final int CODE_SECTION = 1;

    private final ByteArrayOutputStream symbols = new ByteArrayOutputStream();
    private final ByteArrayOutputStream names = new ByteArrayOutputStream();
    private byte[] debugdata;
    private int count;

    TestElf() {
        symbols.writeBytes(new byte[SymbolScanner.ENTRY_BYTES]);
        names.write(0);
    }

    TestElf function(String name, long address, long size) {
        return symbol(name, GLOBAL, FUNCTION, address, size);
    }

    TestElf symbol(String name, int binding, int type, long address, long size) {
        int at = names.size();
        names.writeBytes(name.getBytes(StandardCharsets.UTF_8));
        names.write(0);
        return raw(at, binding << 4 | type, CODE_SECTION, address, size);
    }

    TestElf raw(int name, int info, int section, long address, long size) {
        symbols.writeBytes(new LittleEndian(SymbolScanner.ENTRY_BYTES)
                .u32(name)
                .u8(info)
                .u8(0)
                .u16(section)
                .i64(address)
                .i64(size)
                .array());
        count++;
        return this;
    }

    TestElf stringTable(byte[] table) {
        names.reset();
        names.writeBytes(table);
        return this;
    }

    TestElf debugdata(byte[] packed) {
        debugdata = packed;
        return this;
    }

    byte[] bytes() throws IOException {
        ElfWriter writer = new ElfWriter(3, 62);
        writer.addCode(new Section(".text", Section.PROGBITS, 6, 0x1000, 0, 0x1000, 0, 0, 16, 0));
        if (debugdata != null) {
            writer.addContent(MiniDebuginfo.SECTION, debugdata.length, sink -> sink.write(debugdata));
        }
        writer.addSymbols(count, 0, symbols::writeTo);
        writer.addStrings(names.size(), names::writeTo);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        writer.write(out);
        return out.toByteArray();
    }

    ElfFile open() throws IOException {
        return ElfFile.of(MemorySegment.ofArray(bytes()));
    }

    SymbolTable table() throws IOException {
        return SymbolTable.read(open());
    }
}
