package dev.sonde.agent.kallsyms;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Reads lines {@code address type name [module]}. Lines of another shape are passed over: what it is read from is the
 * kernel's, and one odd line should not cost all names.
 */
final class KallsymsReader {
    static final Path FILE = Path.of("/proc/kallsyms");

    /** Longest line that is read: a name has at most 512 bytes (KSYM_NAME_LEN), a module's 56. */
    private static final int MAX_LINE_BYTES = 1024;

    private static final int BUFFER_BYTES = 64 << 10;

    private final byte[] buffer = new byte[BUFFER_BYTES];
    private final SymbolTableBuilder symbols = new SymbolTableBuilder();
    private boolean hidden;
    private boolean shown;

    private KallsymsReader() {}

    /**
     * Reads all functions.
     *
     * @throws IOException when the file cannot be read, or the kernel hides its addresses
     */
    static SymbolTable read(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            KallsymsReader reader = new KallsymsReader();
            reader.lines(in);
            if (reader.hidden && !reader.shown) {
                throw new IOException(
                        file + ": all addresses are 0 (expected: kernel.kptr_restrict 0, or 1 and" + " CAP_SYSLOG)");
            }
            return reader.symbols.build();
        }
    }

    private void lines(InputStream in) throws IOException {
        int filled = 0;
        boolean skipping = false;
        for (int read = in.read(buffer, 0, BUFFER_BYTES);
                read >= 0;
                read = in.read(buffer, filled, BUFFER_BYTES - filled)) {
            int end = filled + read;
            int line = 0;
            for (int i = filled; i < end; i++) {
                if (buffer[i] == '\n') {
                    if (!skipping) {
                        line(line, i);
                    }
                    skipping = false;
                    line = i + 1;
                }
            }
            filled = end - line;
            if (filled > MAX_LINE_BYTES) {
                skipping = true;
                filled = 0;
            }
            System.arraycopy(buffer, line, buffer, 0, filled);
        }
    }

    private void line(int start, int end) {
        int at = start;
        long address = 0;
        for (; at < end && Character.digit(buffer[at], 16) >= 0; at++) {
            address = address << 4 | Character.digit(buffer[at], 16);
        }
        // " T n" at least.
        if (at == start || at + 4 > end || buffer[at] != ' ' || buffer[at + 2] != ' ') {
            return;
        }
        hidden |= address == 0;
        shown |= address != 0;
        int type = buffer[at + 1];
        int name = at + 3;
        int nameEnd = name;
        while (nameEnd < end && buffer[nameEnd] != '\t' && buffer[nameEnd] != ' ') {
            nameEnd++;
        }
        if (nameEnd > name && isFunction(type)) {
            symbols.add(address, type == 'T', owner(nameEnd, end), buffer, name, nameEnd - name);
        }
    }

    /** Text, weak or not (nm(1)). */
    private static boolean isFunction(int type) {
        return type == 'T' || type == 't' || type == 'W' || type == 'w';
    }

    /** A number for the module's name: what stands behind the function's. */
    private int owner(int from, int end) {
        if (from == end) {
            return SymbolTable.KERNEL;
        }
        if (isBpf(from, end)) {
            return SymbolTable.BPF;
        }
        int hash = 0;
        for (int i = from; i < end; i++) {
            hash = 31 * hash + buffer[i];
        }
        return (hash & Integer.MAX_VALUE) | 1;
    }

    /** Whether the module's name, behind a tab, is {@code [bpf]} (kernel/bpf/core.c, kernel/kallsyms.c). */
    private boolean isBpf(int from, int end) {
        return end - from == 6
                && buffer[from + 1] == '['
                && buffer[from + 2] == 'b'
                && buffer[from + 3] == 'p'
                && buffer[from + 4] == 'f'
                && buffer[from + 5] == ']';
    }
}
