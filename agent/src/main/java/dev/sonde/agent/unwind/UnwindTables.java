package dev.sonde.agent.unwind;

import dev.sonde.agent.count.Counts;
import dev.sonde.agent.kernel.SamplerException;
import dev.sonde.agent.kernel.UnwindMaps;
import dev.sonde.agent.kernel.code.FileId;
import dev.sonde.agent.kernel.code.MappedCode;
import dev.sonde.agent.kernel.code.UnwindTableImage;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which files' tables the kernel holds, within a budget; the one that samples used least recently goes first. One
 * thread at a time, but for the figures.
 */
final class UnwindTables {

    private static final Logger LOG = LoggerFactory.getLogger(UnwindTables.class);

    /** What a file costs the kernel beside its table: its entry, the map's own structure. */
    private static final int FILE_OVERHEAD_BYTES = 1024;

    private final TableSource source;
    private final UnwindMaps maps;
    private final long budgetBytes;
    private final Counts<TableEvent> counts;
    private final Map<FileId, Placed> placed = new LinkedHashMap<>();
    private final Deque<Integer> freeSlots = new ArrayDeque<>();
    private volatile long bytes;
    private volatile int tables;

    /** A file's table in the kernel; without one its slot is negative. */
    private record Placed(int slot, long bytes) {
        static final Placed WITHOUT = new Placed(-1, FILE_OVERHEAD_BYTES);
    }

    UnwindTables(TableSource source, UnwindMaps maps, long budgetBytes, Counts<TableEvent> counts) {
        this.source = source;
        this.maps = maps;
        this.budgetBytes = budgetBytes;
        this.counts = counts;
        for (int slot = 0; slot < UnwindMaps.SLOTS; slot++) {
            freeSlots.add(slot);
        }
    }

    /** Makes and places the table of a file that is not there yet. */
    void want(MappedCode code) {
        if (placed.containsKey(code.file())) {
            return;
        }
        try (FileTable table = source.table(code)) {
            place(code.file(), table.image());
        } catch (IOException e) {
            counts.increment(TableEvent.UNREADABLE);
        } catch (SamplerException e) {
            if (counts.get(TableEvent.REFUSED) == 0) {
                LOG.warn("unwind table not placed: {}", e.getMessage());
            }
            counts.increment(TableEvent.REFUSED);
        }
    }

    private void place(FileId file, Optional<UnwindTableImage> table) throws SamplerException, IOException {
        if (table.isEmpty()) {
            placeNothing(file, TableEvent.WITHOUT);
            return;
        }
        UnwindTableImage image = table.get();
        long needed = image.bytes() + FILE_OVERHEAD_BYTES;
        if (needed > budgetBytes) {
            placeNothing(file, TableEvent.TOO_LARGE);
            return;
        }
        while (bytes + needed > budgetBytes || freeSlots.isEmpty() || placed.size() >= UnwindMaps.MAX_FILES) {
            evict();
        }
        int slot = freeSlots.remove();
        try {
            maps.put(file, slot, image);
        } catch (SamplerException | IOException | RuntimeException e) {
            freeSlots.add(slot);
            throw e;
        }
        add(file, new Placed(slot, needed));
        counts.increment(TableEvent.BUILT);
    }

    private void placeNothing(FileId file, TableEvent why) throws SamplerException {
        while (bytes + FILE_OVERHEAD_BYTES > budgetBytes || placed.size() >= UnwindMaps.MAX_FILES) {
            evict();
        }
        maps.putWithoutTable(file);
        add(file, Placed.WITHOUT);
        counts.increment(why);
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // written by one thread
    private void add(FileId file, Placed what) {
        placed.put(file, what);
        bytes += what.bytes();
        tables = placed.size();
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // written by one thread
    private void evict() {
        FileId oldest = null;
        long oldestNanos = Long.MAX_VALUE;
        for (FileId file : placed.keySet()) {
            long used = maps.usedNanos(file);
            if (used < oldestNanos) {
                oldest = file;
                oldestNanos = used;
            }
        }
        Placed gone = placed.remove(oldest);
        maps.remove(oldest, gone.slot());
        if (gone.slot() >= 0) {
            freeSlots.add(gone.slot());
        }
        bytes -= gone.bytes();
        tables = placed.size();
        counts.increment(TableEvent.EVICTED);
    }

    /** The kernel's memory for tables. From any thread. */
    long bytes() {
        return bytes;
    }

    /** The files known, with a table or without. From any thread. */
    int files() {
        return tables;
    }
}
