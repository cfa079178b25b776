package dev.sonde.agent.jvm.facts;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where in a process its performance data is mapped: the file {@code hsperfdata_USER/PID} in its temporary folder, shared
 * with jstat (os/posix/perfMemory_posix.cpp, mmap_create_shared).
 *
 * @param address of its first byte
 * @param bytes its length, at most {@link PerfData#MAX_BYTES}
 */
record PerfArea(long address, int bytes) {

    private static final String FOLDER = "/hsperfdata_";

    /** Lines that are looked at: vm.max_map_count is 65,530. */
    private static final int MAX_LINES = 1 << 17;

    /**
     * Finds it in the mappings of a process; empty with -XX:-UsePerfData or -XX:+PerfDisableSharedMem, too.
     *
     * @param pid a thread of the process that has not ended
     * @throws IOException when the process is gone or may not be read
     */
    static Optional<PerfArea> find(Path proc, int pid) throws IOException {
        Path maps = proc.resolve(Integer.toString(pid)).resolve("maps");
        try (BufferedReader lines = Files.newBufferedReader(maps, StandardCharsets.ISO_8859_1)) {
            int count = 0;
            for (String line = lines.readLine(); line != null && count < MAX_LINES; line = lines.readLine()) {
                if (line.contains(FOLDER)) {
                    Optional<PerfArea> area = parse(line);
                    if (area.isPresent()) {
                        return area;
                    }
                }
                count++;
            }
        }
        return Optional.empty();
    }

    /** A line {@code 7fa35a007000-7fa35a00f000 rw-s 00000000 fe:00 9986068   /tmp/hsperfdata_root/5658}. */
    static Optional<PerfArea> parse(String line) {
        int hyphen = line.indexOf('-');
        int space = line.indexOf(' ');
        if (hyphen <= 0 || space <= hyphen || !line.startsWith(" rw-s 00000000 ", space)) {
            return Optional.empty();
        }
        try {
            long start = Long.parseUnsignedLong(line, 0, hyphen, 16);
            long end = Long.parseUnsignedLong(line, hyphen + 1, space, 16);
            return end > start
                    ? Optional.of(new PerfArea(start, (int) Math.min(end - start, PerfData.MAX_BYTES)))
                    : Optional.empty();
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }
}
