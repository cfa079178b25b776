package dev.sonde.agent.unwind;

import dev.sonde.agent.count.Counts;
import dev.sonde.agent.kernel.SamplerException;
import dev.sonde.agent.kernel.code.FileId;
import dev.sonde.agent.kernel.code.KernelTables;
import dev.sonde.agent.kernel.code.MappedCode;
import dev.sonde.agent.kernel.code.UnwindTableImage;
import dev.sonde.agent.unwind.copied.TableKeeper;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which files' tables the kernel holds, within a budget; the one that samples used least recently goes first, but none
 * that is in use: machines that need more than the budget would only build. One thread at a time, but for the figures.
 */
final class UnwindTables implements TableKeeper {

    private static final Logger LOG = LoggerFactory.getLogger(UnwindTables.class);

    /** What a file costs the kernel beside its table: its entry, the map's own structure. */
    static final int FILE_OVERHEAD_BYTES = 1024;

    /** A table that a sample used in this time stays. */
    static final long IN_USE_NANOS = 30_000_000_000L;

    /** One that was just placed has the time to be used: its file is asked for once a second. */
    static final long NEW_NANOS = 2_000_000_000L;

    private final TableSource source;
    private final KernelTables kernel;
    private final long budgetBytes;
    private final Counts<TableEvent> counts;
    private final LongSupplier nanoTime;
    private final Postponed postponed;
    /** Files that were offered in vain: each new process would have their tables made. */
    private final Postponed unplaced;

    private final Map<FileId, Placed> placed = new LinkedHashMap<>();
    private final Deque<Integer> freeSlots = new ArrayDeque<>();
    private boolean roomForOffers;
    private volatile long bytes;
    private volatile int tables;

    /** A file's table in the kernel; without one its slot is negative. */
    private record Placed(int slot, long bytes, long placedNanos) {}

    /** A file that may go, and when it was used. */
    private record Idle(FileId file, Placed placed, long usedNanos) implements Comparable<Idle> {
        @Override
        public int compareTo(Idle other) {
            return Long.compare(usedNanos, other.usedNanos);
        }
    }

    /** @param nanoTime the clock on which the kernel tells of use, {@code System::nanoTime} */
    UnwindTables(
            TableSource source,
            KernelTables kernel,
            long budgetBytes,
            Counts<TableEvent> counts,
            LongSupplier nanoTime) {
        this.source = source;
        this.kernel = kernel;
        this.budgetBytes = budgetBytes;
        this.counts = counts;
        this.nanoTime = nanoTime;
        this.postponed = new Postponed(nanoTime);
        this.unplaced = new Postponed(nanoTime);
        for (int slot = 0; slot < KernelTables.SLOTS; slot++) {
            freeSlots.add(slot);
        }
    }

    /** Opens a file whose table will be wanted or offered, until {@link #release}. */
    void hold(MappedCode code) {
        if (!placed.containsKey(code.file()) && !postponed.contains(code.file())) {
            source.hold(code);
        }
    }

    /** Closes the files that were held. */
    void release() {
        source.release();
    }

    /** Makes and places the table of a file that a sample met. */
    @Override
    public void want(MappedCode code) {
        add(code, true);
    }

    @Override
    public boolean knows(FileId file) {
        return placed.containsKey(file);
    }

    @Override
    public Optional<UnwindTableImage> table(FileId file) {
        Placed there = placed.get(file);
        return there == null || there.slot() < 0 ? Optional.empty() : kernel.table(there.slot());
    }

    /**
     * Makes and places the table of a file that a sample may meet, where there is room.
     *
     * @return false when there is none
     */
    boolean offer(MappedCode code) {
        if (unplaced.contains(code.file())) {
            return false;
        }
        roomForOffers = true;
        add(code, false);
        return roomForOffers;
    }

    private void add(MappedCode code, boolean mayEvict) {
        if (placed.containsKey(code.file()) || postponed.contains(code.file())) {
            return;
        }
        try {
            read(code, mayEvict);
        } catch (NoSuchFileException e) {
            // The process has ended; the next one that maps the file is asked.
            counts.increment(TableEvent.UNREADABLE);
        } catch (IOException e) {
            counts.increment(TableEvent.UNREADABLE);
            postponed.add(code.file());
        } catch (SamplerException e) {
            refused(code.file(), e);
        }
    }

    /** Files may be made to break whoever reads them: that costs them their table, not others theirs. */
    private void read(MappedCode code, boolean mayEvict) throws IOException, SamplerException {
        try (FileTable table = source.table(code)) {
            place(code.file(), table.image(), mayEvict);
        } catch (RuntimeException | OutOfMemoryError | StackOverflowError e) {
            if (counts.get(TableEvent.FAILED) == 0) {
                LOG.error("no unwind table of {}", code, e);
            }
            if (!placed.containsKey(code.file())) {
                placeNothing(code.file(), TableEvent.FAILED, mayEvict);
            }
        }
    }

    private void refused(FileId file, SamplerException why) {
        if (counts.get(TableEvent.REFUSED) == 0) {
            LOG.warn("unwind table not placed: {}", why.getMessage());
        }
        counts.increment(TableEvent.REFUSED);
        postponed.add(file);
    }

    private void place(FileId file, Optional<UnwindTableImage> table, boolean mayEvict)
            throws SamplerException, IOException {
        if (table.isEmpty()) {
            placeNothing(file, TableEvent.WITHOUT, mayEvict);
            return;
        }
        UnwindTableImage image = table.get();
        long needed = image.bytes() + FILE_OVERHEAD_BYTES;
        if (needed > budgetBytes) {
            placeNothing(file, TableEvent.TOO_LARGE, mayEvict);
            return;
        }
        if (!makeRoom(needed, 1, mayEvict)) {
            overBudget(file, mayEvict);
            return;
        }
        int slot = freeSlots.remove();
        try {
            kernel.put(file, slot, image);
        } catch (SamplerException | IOException | RuntimeException | OutOfMemoryError e) {
            freeSlots.add(slot);
            throw e;
        }
        note(file, slot, needed);
        counts.increment(TableEvent.BUILT);
    }

    private void placeNothing(FileId file, TableEvent why, boolean mayEvict) throws SamplerException {
        if (!makeRoom(FILE_OVERHEAD_BYTES, 0, mayEvict)) {
            overBudget(file, mayEvict);
            return;
        }
        kernel.putWithoutTable(file);
        note(file, -1, FILE_OVERHEAD_BYTES);
        counts.increment(why);
    }

    /** A file that was only offered is not refused to the samples that will want it. */
    private void overBudget(FileId file, boolean wanted) {
        if (wanted) {
            counts.increment(TableEvent.OVER_BUDGET);
            postponed.add(file);
        } else {
            roomForOffers = false;
            unplaced.add(file);
        }
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // written by one thread
    private void note(FileId file, int slot, long fileBytes) {
        placed.put(file, new Placed(slot, fileBytes, nanoTime.getAsLong()));
        postponed.remove(file);
        unplaced.remove(file);
        bytes += fileBytes;
        tables = placed.size();
    }

    /** Evicts what is needed for so many bytes more and slots; nothing where all that may go would not do. */
    private boolean makeRoom(long needed, int slots, boolean mayEvict) {
        if (hasRoom(needed, slots, bytes, freeSlots.size(), placed.size())) {
            return true;
        }
        List<Idle> going = mayEvict ? idle() : List.of();
        long left = bytes;
        int free = freeSlots.size();
        int files = placed.size();
        int count = 0;
        while (count < going.size() && !hasRoom(needed, slots, left, free, files)) {
            Placed next = going.get(count++).placed();
            left -= next.bytes();
            free += next.slot() >= 0 ? 1 : 0;
            files--;
        }
        if (!hasRoom(needed, slots, left, free, files)) {
            return false;
        }
        going.subList(0, count).forEach(idle -> evict(idle.file()));
        return true;
    }

    private boolean hasRoom(long needed, int slots, long taken, int free, int files) {
        return taken + needed <= budgetBytes && free >= slots && files < KernelTables.MAX_FILES;
    }

    /** The files that no sample needs now, the least recently used first. */
    private List<Idle> idle() {
        long now = nanoTime.getAsLong();
        List<Idle> idle = new ArrayList<>();
        placed.forEach((file, what) -> {
            long used = kernel.usedNanos(file);
            if (used == 0 ? now - what.placedNanos() >= NEW_NANOS : now - used >= IN_USE_NANOS) {
                idle.add(new Idle(file, what, used == 0 ? what.placedNanos() : used));
            }
        });
        Collections.sort(idle);
        return idle;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // written by one thread
    private void evict(FileId file) {
        Placed gone = placed.remove(file);
        kernel.remove(file, gone.slot());
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
