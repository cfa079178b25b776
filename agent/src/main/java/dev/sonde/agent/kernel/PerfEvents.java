package dev.sonde.agent.kernel;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.sonde.agent.kernel.EventTimes.CpuTime;
import dev.sonde.agent.kernel.ffi.Libc;
import dev.sonde.agent.kernel.sys.CpuList;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.TreeMap;

/**
 * One clock event on each online CPU, each running the sampler's program. {@link #refresh} follows CPUs that come and
 * go: an event dies with its CPU and does not come back with it.
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/perf_event_open.2.html">perf_event_open(2)</a>
 */
final class PerfEvents implements AutoCloseable {
    private static final int PERF_TYPE_SOFTWARE = 1;
    private static final int PERF_COUNT_SW_CPU_CLOCK = 0;
    private static final int PERF_FORMAT_TOTAL_TIME_ENABLED = 1;
    private static final int PERF_FORMAT_TOTAL_TIME_RUNNING = 2;
    private static final int PERF_FLAG_FD_CLOEXEC = 8;

    /** _IOW('$', 8, __u32) (include/uapi/linux/perf_event.h). */
    private static final long PERF_EVENT_IOC_SET_BPF = 0x40042408L;

    /** struct perf_event_attr: PERF_ATTR_SIZE_VER0, the part that is used. */
    private static final int ATTR_BYTES = 64;

    private static final int ENODEV = 19;

    private final Libc libc;
    private final Path onlineFile;
    private final int program;
    private final long periodNanos;
    private final TreeMap<Integer, Event> events = new TreeMap<>();
    private final TreeMap<Integer, CpuTime> past = new TreeMap<>();

    /** @param program the file descriptor of the loaded program */
    PerfEvents(Libc libc, Path onlineFile, int program, long periodNanos) {
        this.libc = libc;
        this.onlineFile = onlineFile;
        this.program = program;
        this.periodNanos = periodNanos;
    }

    /** An open event, and its enabled time when it was looked at last. */
    private static final class Event {
        final int fd;
        long lastEnabledNanos = -1;

        Event(int fd) {
            this.fd = fd;
        }
    }

    /**
     * Opens events on CPUs that came online and closes those whose CPU went.
     *
     * @throws SamplerException when the CPUs cannot be read or an event not be opened
     */
    synchronized void refresh() throws SamplerException {
        BitSet online = online();
        for (int cpu : List.copyOf(events.keySet())) {
            if (!online.get(cpu) || isDead(cpu)) {
                closeEvent(cpu);
            }
        }
        for (int cpu = online.nextSetBit(0); cpu >= 0; cpu = online.nextSetBit(cpu + 1)) {
            if (!events.containsKey(cpu)) {
                open(cpu);
            }
        }
    }

    /** The times of all events, past and present. */
    synchronized EventTimes times() {
        TreeMap<Integer, CpuTime> times = new TreeMap<>(past);
        events.forEach((cpu, event) -> times.merge(cpu, read(cpu, event), PerfEvents::plus));
        return EventTimes.of(new ArrayList<>(times.values()));
    }

    private BitSet online() throws SamplerException {
        try {
            return CpuList.read(onlineFile);
        } catch (IOException e) {
            throw new SamplerException("cannot read which CPUs are online: " + e.getMessage(), e);
        }
    }

    /** A CPU that went and came back between two looks: its event's time stands still. */
    private boolean isDead(int cpu) {
        Event event = events.get(cpu);
        long enabled = read(cpu, event).enabledNanos();
        boolean dead = enabled == event.lastEnabledNanos;
        event.lastEnabledNanos = enabled;
        return dead;
    }

    private void open(int cpu) throws SamplerException {
        int fd = openClock(libc, cpu, periodNanos);
        if (fd == -ENODEV) {
            return; // The CPU went offline after the list was read.
        }
        if (fd < 0) {
            throw SamplerFailure.perfEvent(libc, cpu, -fd);
        }
        int failure = libc.ioctl(fd, PERF_EVENT_IOC_SET_BPF, program);
        if (failure < 0) {
            libc.close(fd);
            throw SamplerFailure.call(libc, "attaching the sampler to the clock of CPU " + cpu, -failure);
        }
        events.put(cpu, new Event(fd));
    }

    /**
     * Opens a clock event without a program: what this kernel and these rights allow.
     *
     * @return its file descriptor or the negated errno
     */
    static int openClock(Libc libc, int cpu, long periodNanos) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attr = arena.allocate(ATTR_BYTES, Long.BYTES);
            attr.set(JAVA_INT, 0, PERF_TYPE_SOFTWARE);
            attr.set(JAVA_INT, 4, ATTR_BYTES);
            attr.set(JAVA_LONG, 8, PERF_COUNT_SW_CPU_CLOCK);
            attr.set(JAVA_LONG, 16, periodNanos);
            attr.set(JAVA_LONG, 32, PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING);
            return libc.perfEventOpen(attr, -1, cpu, -1, PERF_FLAG_FD_CLOEXEC);
        }
    }

    private CpuTime read(int cpu, Event event) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment times = arena.allocate(3 * Long.BYTES, Long.BYTES);
            long bytes = libc.read(event.fd, times);
            if (bytes != times.byteSize()) {
                // An event in error state reads as empty.
                return new CpuTime(cpu, 0, 0);
            }
            return new CpuTime(cpu, times.get(JAVA_LONG, 8), times.get(JAVA_LONG, 16));
        }
    }

    private void closeEvent(int cpu) {
        Event event = events.remove(cpu);
        past.merge(cpu, read(cpu, event), PerfEvents::plus);
        libc.close(event.fd);
    }

    private static CpuTime plus(CpuTime a, CpuTime b) {
        return new CpuTime(a.cpu(), a.enabledNanos() + b.enabledNanos(), a.runningNanos() + b.runningNanos());
    }

    @Override
    public synchronized void close() {
        for (int cpu : List.copyOf(events.keySet())) {
            closeEvent(cpu);
        }
    }
}
