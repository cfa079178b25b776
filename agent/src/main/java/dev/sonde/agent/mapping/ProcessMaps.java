package dev.sonde.agent.mapping;

import dev.sonde.agent.count.Counts;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** Opens and reads {@code /proc/PID/maps}. One thread at a time: the buffers are reused. */
final class ProcessMaps {

    private final Path proc;
    private final MapsReader reader;
    private final Counts<MappingEvent> counts;

    ProcessMaps(Path proc, Counts<MappingEvent> counts) {
        this.proc = proc;
        this.reader = new MapsReader(counts);
        this.counts = counts;
    }

    /** The thread by which a process can be read; its first one when there is none. */
    int readable(int pid) {
        return LivingThread.of(proc, pid).orElse(pid);
    }

    /** The executable ranges; empty when the process is gone or may not be read. */
    Optional<Mappings> read(int pid) {
        counts.increment(MappingEvent.MAPS_READ);
        try (FileInputStream maps = new FileInputStream(
                proc.resolve(Integer.toString(pid)).resolve("maps").toFile())) {
            return Optional.of(reader.read(maps));
        } catch (IOException e) {
            counts.increment(MappingEvent.MAPS_UNREADABLE);
            return Optional.empty();
        }
    }
}
