package dev.sonde.agent.kernel.sys;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Reads the kernel's settings under {@code /proc/sys}. They give their value to one read from the start and nothing to a
 * second, so that {@link Files#readString}, which begins with a single byte, sees only the first digit.
 *
 * @see <a href="https://docs.kernel.org/admin-guide/sysctl/kernel.html">sysctl/kernel</a>
 */
public final class Sysctl {
    private static final Path ROOT = Path.of("/proc/sys");

    /** A number has at most 20 characters. */
    private static final int NUMBER_BYTES = 64;

    private Sysctl() {}

    /**
     * A setting that is one number.
     *
     * @param name for example {@code kernel/perf_event_max_stack}
     * @throws IOException when there is no such setting or it is not a number
     */
    public static int readInt(String name) throws IOException {
        byte[] text = new byte[NUMBER_BYTES];
        int length;
        try (InputStream in = Files.newInputStream(ROOT.resolve(name))) {
            length = in.read(text);
        }
        String number = new String(text, 0, Math.max(length, 0), StandardCharsets.US_ASCII).strip();
        try {
            return Integer.parseInt(number);
        } catch (NumberFormatException e) {
            throw new IOException(name + ": \"" + number + "\" (expected: a number)", e);
        }
    }
}
