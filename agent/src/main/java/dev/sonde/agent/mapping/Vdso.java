package dev.sonde.agent.mapping;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The vDSO (vdso(7)): an ELF image that the kernel maps, the same one, into all 64-bit processes. */
public final class Vdso {

    /** Three pages at most in the kernels up to 6.18; more is not believed. */
    private static final long MAX_BYTES = 1 << 20;

    private Vdso() {}

    /**
     * The image, read from this process's own memory.
     *
     * @throws IOException when there is none or it cannot be read
     */
    public static byte[] image() throws IOException {
        List<String> lines = Files.readAllLines(Path.of("/proc/self/maps"));
        for (String line : lines) {
            if (line.endsWith("[vdso]")) {
                long start = Long.parseUnsignedLong(line, 0, line.indexOf('-'), 16);
                long end = Long.parseUnsignedLong(line, line.indexOf('-') + 1, line.indexOf(' '), 16);
                return read(start, end - start);
            }
        }
        throw new IOException("/proc/self/maps: no [vdso] (expected: one)");
    }

    private static byte[] read(long start, long length) throws IOException {
        if (length <= 0 || length > MAX_BYTES) {
            throw new IOException("[vdso]: " + length + " bytes (expected: 1 to " + MAX_BYTES + ")");
        }
        byte[] bytes = new byte[(int) length];
        try (RandomAccessFile memory = new RandomAccessFile("/proc/self/mem", "r")) {
            memory.seek(start);
            memory.readFully(bytes);
        }
        return bytes;
    }
}
