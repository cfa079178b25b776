package dev.sonde.agent.wiring;

import dev.sonde.agent.kernel.ffi.FfmLibc;
import dev.sonde.agent.kernel.ffi.Libc;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives back what the start of this process left of its own files in its memory: of the JVM's library and of the start-up
 * cache most pages are needed only then, and the kernel maps 16 at a fault, or 512. They stay in the page cache; one that is
 * needed again costs a fault of half a microsecond. One thread.
 */
final class FilePages {

    private static final Logger LOG = LoggerFactory.getLogger(FilePages.class);

    private static final Path OWN_MAPPINGS = Path.of("/proc/self/smaps");

    /** The usual start is over by then. */
    static final long FIRST_NANOS = Duration.ofMinutes(1).toNanos();

    /** What was needed once since then comes along; some thousand faults in so long are some milliseconds. */
    static final long INTERVAL_NANOS = Duration.ofMinutes(10).toNanos();

    /** Less is not worth a call: the C library's own has 1.5 MiB of code. */
    private static final long WORTH_BYTES = 1 << 20;

    private final Libc libc = new FfmLibc();
    private long dueNanos;

    /** Memory of a file. */
    record Range(long start, long bytes) {}

    FilePages(long nowNanos) {
        this.dueNanos = nowNanos + FIRST_NANOS;
    }

    /** Gives pages back, when that is due. */
    void look(long nowNanos) {
        if (nowNanos - dueNanos < 0) {
            return;
        }
        dueNanos = nowNanos + INTERVAL_NANOS;
        try {
            giveBack();
        } catch (IOException e) {
            LOG.debug("pages of own files stay: {}", e.toString());
        }
    }

    /** Gives back all pages that are as they are in their files. */
    void giveBack() throws IOException {
        for (Range range : unchanged(Files.readString(OWN_MAPPINGS, StandardCharsets.UTF_8))) {
            advise(range, Libc.MADV_NOHUGEPAGE);
            advise(range, Libc.MADV_DONTNEED);
        }
    }

    private void advise(Range range, int advice) {
        int result = libc.madvise(range.start(), range.bytes(), advice);
        if (result < 0) {
            LOG.debug("{}, advice {}: {}", range, advice, libc.strerror(-result));
        }
    }

    /**
     * Mappings of files that nobody can write to, and none of whose pages is a copy that differs from its file (proc(5),
     * smaps): such a copy would be lost.
     */
    static List<Range> unchanged(String smaps) {
        List<Range> ranges = new ArrayList<>();
        Range file = null;
        for (String line : smaps.lines().toList()) {
            if (line.startsWith("Anonymous:")) {
                if (file != null && line.endsWith(" 0 kB")) {
                    ranges.add(file);
                }
            } else if (!Character.isUpperCase(line.charAt(0))) {
                file = file(line);
            }
        }
        return ranges;
    }

    /** Of a line as maps has it; null where it is not a large file's, or may be written to. */
    private static Range file(String line) {
        int dash = line.indexOf('-');
        int space = line.indexOf(' ');
        boolean isFile = line.indexOf('/') > 0;
        boolean isWritable = line.charAt(space + 2) == 'w';
        long start = Long.parseUnsignedLong(line, 0, dash, 16);
        long bytes = Long.parseUnsignedLong(line, dash + 1, space, 16) - start;
        return isFile && !isWritable && bytes >= WORTH_BYTES ? new Range(start, bytes) : null;
    }
}
