package dev.sonde.agent.kernel.sys;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;

/**
 * The kernel's notation of a set of CPUs, {@code 0-3,8,10-11}.
 *
 * @see <a href="https://docs.kernel.org/admin-guide/cputopology.html">cputopology</a>
 */
public final class CpuList {
    /** The CPUs that run now. */
    public static final Path ONLINE = Path.of("/sys/devices/system/cpu/online");

    /** Above NR_CPUS of any distribution (8192): a larger number is not a CPU. */
    private static final int MAX_CPU = 1 << 16;

    private CpuList() {}

    /**
     * Reads such a file.
     *
     * @throws IOException when it cannot be read or holds something else
     */
    public static BitSet read(Path file) throws IOException {
        return parse(Files.readString(file).strip());
    }

    static BitSet parse(String text) throws IOException {
        BitSet cpus = new BitSet();
        for (String range : text.split(",", -1)) {
            int dash = range.indexOf('-');
            int first = number(dash < 0 ? range : range.substring(0, dash), text);
            int last = dash < 0 ? first : number(range.substring(dash + 1), text);
            if (last < first) {
                throw malformed(text);
            }
            cpus.set(first, last + 1);
        }
        return cpus;
    }

    private static int number(String digits, String text) throws IOException {
        try {
            int number = Integer.parseInt(digits);
            if (number >= 0 && number < MAX_CPU) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Said below, with the whole text.
        }
        throw malformed(text);
    }

    private static IOException malformed(String text) {
        return new IOException("CPU list: \"" + text + "\" (expected: numbers and ranges, as in 0-3,8)");
    }
}
