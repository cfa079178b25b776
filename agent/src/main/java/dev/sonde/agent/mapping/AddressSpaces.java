package dev.sonde.agent.mapping;

import dev.sonde.agent.count.Counts;
import dev.sonde.agent.jit.PerfMapBudget;
import dev.sonde.agent.jit.PerfMapFile;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/** Makes the address spaces of processes. One thread at a time, the same that resolves. */
public final class AddressSpaces {

    private final Path proc;
    private final ProcessMaps maps;
    private final ExecutableFiles files;
    private final PerfMapBudget perfMaps;
    private final Counts<MappingEvent> counts;
    private final LongSupplier nanoTime;

    /**
     * @param proc where procfs is mounted
     * @param nanoTime a monotonic clock, for the limits of how often something is read
     */
    public AddressSpaces(Path proc, ExecutableFiles files, Counts<MappingEvent> counts, LongSupplier nanoTime) {
        this.proc = proc;
        this.maps = new ProcessMaps(proc, counts);
        this.files = files;
        this.perfMaps =
                new PerfMapBudget(PerfMapBudget.DEFAULT_BYTES, () -> counts.increment(MappingEvent.PERF_MAP_EVICTED));
        this.counts = counts;
        this.nanoTime = nanoTime;
    }

    /**
     * Reads the mappings of a process. The caller makes sure afterwards that the pid is still the same process's.
     *
     * @param namespacePid the pid that the process sees as its own, by which its perf map is named
     * @param uid the process's real user, who must own its perf map
     * @param alive whether the pid is still this process's; asked before and after each further reading
     */
    public AddressSpace of(int pid, int namespacePid, int uid, BooleanSupplier alive) {
        Path root = proc.resolve(Integer.toString(maps.readable(pid))).resolve("root");
        PerfMapFile perfMap = new PerfMapFile(root, namespacePid, uid, perfMaps, nanoTime);
        AddressSpace space = new AddressSpace(pid, alive, maps, files, perfMap, counts, nanoTime);
        space.readFirst();
        return space;
    }

    /** The address space of a process that is gone: no address means anything. */
    public AddressSpace ofGone(int pid) {
        PerfMapFile none =
                new PerfMapFile(proc.resolve(Integer.toString(pid)).resolve("root"), pid, 0, perfMaps, nanoTime);
        return new AddressSpace(pid, () -> false, maps, files, none, counts, nanoTime);
    }
}
