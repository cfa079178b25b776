package dev.sonde.symbolizer.cfi.code;

import dev.sonde.symbolizer.cfi.CfaKind;
import dev.sonde.symbolizer.cfi.CodeRange;
import dev.sonde.symbolizer.cfi.FunctionSource;
import dev.sonde.symbolizer.cfi.RowWriter;
import dev.sonde.symbolizer.cfi.SavedKind;
import dev.sonde.symbolizer.cfi.X86Registers;
import dev.sonde.symbolizer.elf.ElfFile;
import dev.sonde.symbolizer.elf.ElfReader;
import dev.sonde.symbolizer.elf.Section;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * The functions of the sections {@code .init} and {@code .fini}. Linkers put them together of two files (crti.o, crtn.o),
 * neither of which has frame information; both are known by their code: 8 bytes of stack from the first instruction to
 * the last but one.
 */
public final class StartCode implements FunctionSource {

    /** sub $8,%rsp; before it may stand endbr64. */
    private static final byte[] BEGIN = {0x48, (byte) 0x83, (byte) 0xec, 8};

    private static final byte[] LANDING = {(byte) 0xf3, 0x0f, 0x1e, (byte) 0xfa};

    /** add $8,%rsp; ret */
    private static final byte[] END_CODE = {0x48, (byte) 0x83, (byte) 0xc4, 8, (byte) 0xc3};

    /** Of old compilers' sections, which call some functions one after another. */
    private static final int MAX_BYTES = 256;

    private record Function(long start, long pushed, long popped, long end) {}

    private final List<Function> functions = new ArrayList<>();
    private int next;

    private StartCode() {}

    /** Those of a file that are as expected. */
    public static StartCode of(ElfFile file, CodeRange code) throws IOException {
        StartCode found = new StartCode();
        for (String name : List.of(".init", ".fini")) {
            Section section = file.section(name).orElse(null);
            if (section != null && section.sizeBytes() <= MAX_BYTES && code.contains(section.address())) {
                found.add(file, section);
            }
        }
        found.functions.sort(Comparator.comparingLong(Function::start));
        return found;
    }

    private void add(ElfFile file, Section section) throws IOException {
        ElfReader reader = file.reader(section);
        int size = (int) reader.sizeBytes();
        byte[] bytes = new byte[size];
        reader.copy(0, bytes, 0, size);
        int begin = is(bytes, 0, LANDING) ? LANDING.length : 0;
        int end = size - END_CODE.length;
        if (is(bytes, begin, BEGIN) && begin + BEGIN.length <= end && is(bytes, end, END_CODE)) {
            long start = section.address();
            functions.add(new Function(start, start + begin + BEGIN.length, start + size - 1, start + size));
        }
    }

    private static boolean is(byte[] bytes, int at, byte[] expected) {
        int end = at + expected.length;
        return at >= 0 && end <= bytes.length && Arrays.equals(bytes, at, end, expected, 0, expected.length);
    }

    @Override
    public long size() {
        return functions.size();
    }

    @Override
    public long start() {
        return next < functions.size() ? functions.get(next).start() : END;
    }

    @Override
    public void write(long limit, RowWriter rows) throws IOException {
        Function function = functions.get(next++);
        if (limit < function.end()) {
            // Who describes a part of it describes all of it.
            return;
        }
        rows.begin(function.start());
        rule(function.start(), 8, rows);
        rule(function.pushed(), 16, rows);
        rule(function.popped(), 8, rows);
        rows.end(function.end());
    }

    /** CFA: rsp + so many bytes; the return address below it. */
    private static void rule(long pc, long bytes, RowWriter rows) throws IOException {
        long low = CfaKind.REGISTER.code()
                | ((long) X86Registers.RSP << 8)
                | ((long) SavedKind.SAME.code() << 16)
                | ((long) SavedKind.AT_CFA.code() << 24)
                | (bytes << 32);
        rows.rule(pc, low, (-Long.BYTES & 0xffffL) << 32);
    }
}
