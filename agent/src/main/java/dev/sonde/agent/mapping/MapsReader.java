package dev.sonde.agent.mapping;

import dev.sonde.agent.count.Counts;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads {@code /proc/PID/maps} (man 5 proc_pid_maps) line by line from a stream and keeps the executable ranges. A
 * malformed line is counted and left out. One thread at a time.
 */
final class MapsReader {

    /**
     * The longest line kept, bytes: PATH_MAX is 4,096, and the kernel writes a newline in a name as four bytes; the
     * fields before it take less than 128. What is longer is cut, so that one line never fills the memory.
     */
    private static final int MAX_LINE_BYTES = 4 * 4096 + 128;

    /** The kernel's default limit of ranges per process (vm.max_map_count = 65,530), rounded up. */
    static final int MAX_EXECUTABLE_RANGES = 65_536;

    /** A process with raised limits may have millions of ranges: reading ends after this many bytes of maps. */
    static final long MAX_BYTES = 64L << 20;

    private final Counts<MappingEvent> counts;
    /** The kernel gives a page at a time; up to 8 KiB the JDK reads without allocating. */
    private final byte[] chunk = new byte[8 << 10];

    private final byte[] line = new byte[MAX_LINE_BYTES];
    private final MapsLine parser = new MapsLine();

    MapsReader(Counts<MappingEvent> counts) {
        this.counts = counts;
    }

    /**
     * Reads to the end of the stream.
     *
     * @throws IOException as the stream does; ESRCH ("No such process") when the process ended meanwhile
     */
    Mappings read(InputStream maps) throws IOException {
        List<Mapping> ranges = new ArrayList<>();
        int lineLength = 0;
        long total = 0;
        for (int read = maps.read(chunk); read >= 0; read = maps.read(chunk)) {
            total += read;
            for (int i = 0; i < read; i++) {
                byte b = chunk[i];
                if (b == '\n') {
                    take(lineLength, ranges);
                    lineLength = 0;
                } else if (lineLength < line.length) {
                    line[lineLength++] = b;
                }
            }
            if (ranges.size() >= MAX_EXECUTABLE_RANGES || total >= MAX_BYTES) {
                counts.increment(MappingEvent.MAPS_CUT);
                return new Mappings(ranges);
            }
        }
        if (lineLength > 0) {
            take(lineLength, ranges);
        }
        return new Mappings(ranges);
    }

    private void take(int lineLength, List<Mapping> ranges) {
        if (!parser.parse(line, lineLength)) {
            counts.increment(MappingEvent.MAPS_LINE_MALFORMED);
            return;
        }
        if (!parser.executable()) {
            return;
        }
        // The kernel prints ascending ranges even when they change between two reads of the file.
        if (!ranges.isEmpty()
                && Long.compareUnsigned(parser.start(), ranges.getLast().end()) < 0) {
            counts.increment(MappingEvent.MAPS_LINE_MALFORMED);
            return;
        }
        ranges.add(parser.mapping());
    }
}
