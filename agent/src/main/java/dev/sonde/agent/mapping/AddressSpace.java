package dev.sonde.agent.mapping;

import dev.sonde.agent.count.Counts;
import dev.sonde.agent.jit.PerfMapFile;
import dev.sonde.model.FrameKind;
import dev.sonde.symbolizer.elf.LoadSegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * The executable ranges of one process and what is known of them. An address in no range makes it read the maps again,
 * rate limited. When the process is gone it goes on with what was read last. One thread at a time.
 */
public final class AddressSpace {

    /**
     * After a re-read that found the address the next may follow this soon: a process that loads libraries does so
     * many times in a row.
     */
    private static final long FIRST_REREAD_NANOS = 100_000_000;

    /**
     * Re-reads that found nothing are doubled up to this interval: a broken frame-pointer chain yields addresses that
     * no reading will explain.
     */
    private static final long LAST_REREAD_NANOS = 10_000_000_000L;

    /** Ranges exchanged at the same address (dlclose, dlopen) cause no miss: so the maps are never older than this. */
    private static final long MAX_AGE_NANOS = 30_000_000_000L;

    /**
     * Files opened at once when the maps are read, while the process is there; those of further ranges when they are
     * asked for.
     */
    private static final int EAGER_FILES = 32;

    private final int pid;
    private final BooleanSupplier alive;
    private final ProcessMaps maps;
    private final ExecutableFiles files;
    private final PerfMapFile perfMap;
    private final Counts<MappingEvent> counts;
    private final LongSupplier nanoTime;

    private Mappings mappings = Mappings.empty();
    private ExecutableFile[] known = new ExecutableFile[0];
    private boolean[] unreadable = new boolean[0];
    private boolean everRead;

    /** The thread by which the process was read last. */
    private int thread;

    private long readNanos;
    private long intervalNanos = FIRST_REREAD_NANOS;

    AddressSpace(
            int pid,
            BooleanSupplier alive,
            ProcessMaps maps,
            ExecutableFiles files,
            PerfMapFile perfMap,
            Counts<MappingEvent> counts,
            LongSupplier nanoTime) {
        this.pid = pid;
        this.thread = pid;
        this.alive = alive;
        this.maps = maps;
        this.files = files;
        this.perfMap = perfMap;
        this.counts = counts;
        this.nanoTime = nanoTime;
    }

    /** Reads the maps for the first time; whoever asks has just seen the process and looks after it again. */
    void readFirst() {
        readNanos = nanoTime.getAsLong();
        thread = maps.readable(pid);
        Optional<Mappings> read = maps.read(thread);
        everRead = read.isPresent();
        use(read.orElse(Mappings.empty()));
    }

    /** The ranges as last read. */
    public Mappings mappings() {
        return mappings;
    }

    /** The file of a path that the process has mapped, where it could be read. */
    public Optional<ExecutableFile> file(String path) {
        int index = indexOf(path);
        return index < 0 ? Optional.empty() : Optional.ofNullable(known[index]);
    }

    /** The device of a path that the process has mapped, as {@link Mapping#device} packs it; 0 when it has not. */
    public long device(String path) {
        int index = indexOf(path);
        return index < 0 ? 0 : mappings.get(index).device();
    }

    private int indexOf(String path) {
        for (int i = 0; i < mappings.size(); i++) {
            if (mappings.get(i).path().equals(path)) {
                return i;
            }
        }
        return -1;
    }

    /** The first range of each file whose beginning was read: those of file systems that answer. */
    public List<Mapping> filesRead() {
        List<Mapping> found = new ArrayList<>();
        Mapping last = null;
        for (int i = 0; i < known.length; i++) {
            Mapping mapping = mappings.get(i);
            boolean another = last == null || !last.path().equals(mapping.path());
            if (known[i] != null && mapping.kind() == MappingKind.FILE && another) {
                found.add(mapping);
                last = mapping;
            }
        }
        return found;
    }

    /** Whether exactly this is known of a mapping: a process that runs another program has other files in old places. */
    public boolean knows(long start, long end, long fileOffset, ExecutableFile file) {
        int index = mappings.indexOf(start);
        if (index < 0) {
            return false;
        }
        Mapping mapping = mappings.get(index);
        return mapping.start() == start
                && mapping.end() == end
                && mapping.fileOffset() == fileOffset
                && known[index] != null
                && known[index].buildId().equals(file.buildId());
    }

    /**
     * Takes over what a sample told of a mapping: the process may be gone before its maps are read. What it replaces was
     * of the program that the process ran before.
     */
    public void learn(long start, long end, long fileOffset, ExecutableFile file) {
        Mapping learnt = new Mapping(start, end, fileOffset, 0, 0, file.path(), false, MappingKind.FILE);
        List<Mapping> all = new ArrayList<>();
        for (int i = 0; i < mappings.size(); i++) {
            Mapping mapping = mappings.get(i);
            if (Long.compareUnsigned(mapping.end(), start) <= 0 || Long.compareUnsigned(mapping.start(), end) >= 0) {
                all.add(mapping);
            }
        }
        all.add(learnt);
        all.sort((a, b) -> Long.compareUnsigned(a.start(), b.start()));
        carryOver(new Mappings(all));
        known[mappings.indexOf(start)] = file;
        counts.increment(MappingEvent.LEARNT_FROM_SAMPLE);
    }

    /** Has the maps read again, when that is due, where no range is known of an address. */
    public void know(long address) {
        if (mappings.indexOf(address) < 0) {
            reread(address);
        }
    }

    /** Says what an address of this process means. Allocates nothing once file or name is known. */
    public void resolve(long address, ResolvedAddress out) {
        int index = mappings.indexOf(address);
        if (index < 0 || nanoTime.getAsLong() - readNanos > MAX_AGE_NANOS) {
            index = reread(address);
        }
        if (index < 0) {
            counts.increment(MappingEvent.ADDRESS_UNMAPPED);
            out.setUnknown(address, everRead ? ResolvedAddress.Unknown.UNMAPPED : ResolvedAddress.Unknown.PROCESS_GONE);
            return;
        }
        Mapping mapping = mappings.get(index);
        switch (mapping.kind()) {
            case FILE -> resolveFile(index, mapping, address, out);
            case VDSO -> out.set(FrameKind.VDSO, address - mapping.start(), null);
            // Not relative: its offsets are not those of the vDSO's functions.
            case VSYSCALL -> out.set(FrameKind.VDSO, address, "[vsyscall]");
            case ANONYMOUS -> resolveJit(address, out);
        }
    }

    private void resolveFile(int index, Mapping mapping, long address, ResolvedAddress out) {
        long offset = mapping.fileOffsetOf(address);
        ExecutableFile file = fileOf(index, mapping);
        if (file == null) {
            out.set(FrameKind.NATIVE, offset, mapping.path());
            return;
        }
        if (!file.isElf() && mapping.isSharedMemory()) {
            resolveJit(address, out);
            return;
        }
        LoadSegment segment = file.segmentOf(offset);
        if (segment != null) {
            out.setFile(file, segment, segment.addressOf(offset));
        } else {
            counts.increment(MappingEvent.ADDRESS_OUTSIDE_SEGMENTS);
            out.setFile(file, null, offset);
        }
    }

    /** The file of a range, or null when it cannot be read: that is tried once per reading of the maps. */
    private ExecutableFile fileOf(int index, Mapping mapping) {
        if (known[index] == null && !unreadable[index]) {
            known[index] = files.ofMapping(thread, mapping).orElse(null);
            unreadable[index] = known[index] == null;
        }
        return known[index];
    }

    private void resolveJit(long address, ResolvedAddress out) {
        switch (perfMap.refresh()) {
            case UNCHANGED -> {}
            case READ -> {
                counts.increment(MappingEvent.PERF_MAP_READ);
                counts.add(MappingEvent.PERF_MAP_LINE_MALFORMED, perfMap.map().malformedLines());
            }
            case CUT -> {
                counts.increment(MappingEvent.PERF_MAP_CUT);
                counts.add(MappingEvent.PERF_MAP_LINE_MALFORMED, perfMap.map().malformedLines());
            }
            case REFUSED -> counts.increment(MappingEvent.PERF_MAP_REFUSED);
        }
        String name = perfMap.map().find(address);
        counts.increment(name == null ? MappingEvent.JIT_UNNAMED : MappingEvent.JIT_NAMED);
        out.set(FrameKind.JIT, address, name);
    }

    /** The range of an address after the maps were read anew; below 0 when there is none, or that is not due. */
    private int reread(long address) {
        if (nanoTime.getAsLong() - readNanos < intervalNanos) {
            counts.increment(MappingEvent.MAPS_REREAD_SUPPRESSED);
            return mappings.indexOf(address);
        }
        counts.increment(MappingEvent.MAPS_REREAD);
        read();
        int index = mappings.indexOf(address);
        intervalNanos = index >= 0 ? FIRST_REREAD_NANOS : Math.min(intervalNanos * 2, LAST_REREAD_NANOS);
        return index;
    }

    private void read() {
        readNanos = nanoTime.getAsLong();
        thread = maps.readable(pid);
        Optional<Mappings> read = alive.getAsBoolean() ? maps.read(thread) : Optional.empty();
        // The maps of a process that is ending are empty, and its pid may be another's by now: what was known before is
        // better.
        if (read.isEmpty() || (everRead && read.get().size() == 0) || !alive.getAsBoolean()) {
            return;
        }
        everRead = true;
        use(read.get());
    }

    /** Takes over the files of ranges that did not change. */
    private void carryOver(Mappings newer) {
        ExecutableFile[] carried = new ExecutableFile[newer.size()];
        for (int i = 0; i < carried.length; i++) {
            int before = mappings.indexOf(newer.get(i).start());
            if (before >= 0 && mappings.get(before).sameRangeAndFile(newer.get(i))) {
                carried[i] = known[before];
            }
        }
        mappings = newer;
        known = carried;
        unreadable = new boolean[carried.length];
    }

    private void use(Mappings newer) {
        carryOver(newer);
        for (int i = 0; i < Math.min(EAGER_FILES, known.length); i++) {
            if (mappings.get(i).kind() == MappingKind.FILE) {
                fileOf(i, mappings.get(i));
            }
        }
    }
}
