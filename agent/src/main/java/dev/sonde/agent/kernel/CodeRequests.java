package dev.sonde.agent.kernel;

import dev.sonde.agent.kernel.code.FileId;
import dev.sonde.agent.kernel.code.MappedArea;
import dev.sonde.agent.kernel.code.MappedCode;
import dev.sonde.agent.kernel.code.ProcessCode;
import dev.sonde.agent.kernel.ffi.Libc;
import dev.sonde.agent.mapping.LivingThread;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Which files' code runs on this machine: all at once, then what the sampling program meets without a table. */
public final class CodeRequests implements AutoCloseable {

    /** The ring buffer's size in unwind/memory.h. */
    private static final int RING_BYTES = 16 << 10;

    private static final String LIST_CODE = "list_code";

    private static final Path PROC = Path.of("/proc");

    /** Read at once: some 50 mappings. */
    private static final int BUFFER_BYTES = 4096 / MappedCode.BYTES * MappedCode.BYTES;

    /** As many as the ring buffer holds, twice: the kernel may go on writing meanwhile. Each is asked for again. */
    private static final int MAX_TAKEN = 2 * RING_BYTES / MappedCode.BYTES;

    /** An iterator stops at a million tasks and areas without a word written: 2^32 areas in all. */
    private static final int MAX_ATTEMPTS = 4096;

    /**
     * Executable areas of one process that are listed: large ones have some hundred. The kernel lets each process have
     * 65,530 mappings (vm.max_map_count), which cost 100 bytes each here.
     */
    public static final int MAX_AREAS = 4096;

    private static final int NO_FD = -1;
    private static final int EINTR = 4;
    private static final int EAGAIN = 11;

    private final Libc libc;
    private final BpfObject object;
    private final RingBuffer ring;
    private final int ringFd;

    /** Guards the number of its counter: nothing is done with another file that got it after {@link #close}. */
    private final MemorySegment wakes = Arena.ofAuto().allocate(Long.BYTES, Long.BYTES);

    private volatile int wakeFd;
    private boolean closed;

    private CodeRequests(Libc libc, BpfObject object, RingBuffer ring, int ringFd, int wakeFd) {
        this.ringFd = ringFd;
        this.wakeFd = wakeFd;
        this.libc = libc;
        this.object = object;
        this.ring = ring;
    }

    static CodeRequests open(Libc libc, BpfObject object) throws SamplerException {
        int ringFd = object.mapFd("unwind_requests");
        RingBuffer ring = RingBuffer.map(libc, ringFd, RING_BYTES);
        int wakeFd = libc.eventFd();
        if (wakeFd < 0) {
            ring.close();
            throw SamplerFailure.call(libc, "eventfd", -wakeFd);
        }
        return new CodeRequests(libc, object, ring, ringFd, wakeFd);
    }

    /** Takes mappings as they lie in memory. */
    interface MappingHandler {
        /** Takes one; false when no more are wanted. */
        boolean onMapping(MemorySegment memory, long at);
    }

    /** Hands over the files mapped executably by all processes; the same file many times. */
    public void listRunning(Consumer<MappedCode> handler) throws SamplerException {
        list(0, (memory, at) -> {
            MappedCode code = MappedCode.read(memory, at);
            if (!code.file().equals(FileId.NONE)) {
                handler.accept(code);
            }
            return true;
        });
    }

    /**
     * The code of one process; empty when it is gone, and after {@link #close}. Listing ends with the first area beyond
     * {@link #MAX_AREAS}.
     */
    public synchronized Optional<ProcessCode> listProcess(int pid) {
        if (closed) {
            return Optional.empty();
        }
        List<MappedArea> areas = new ArrayList<>();
        ProcessCode[] process = new ProcessCode[1];
        try {
            list(LivingThread.of(PROC, pid).orElse(pid), (memory, at) -> {
                areas.add(MappedCode.readArea(memory, at));
                process[0] = MappedCode.readProcess(memory, at, List.of());
                return areas.size() <= MAX_AREAS;
            });
        } catch (SamplerException e) {
            return Optional.empty(); // Most often there is no such process any more.
        }
        return Optional.ofNullable(process[0]).map(of -> of.withAreas(areas));
    }

    /**
     * @param tid the first thread of one process, or where that has ended any other; 0 for all processes
     */
    private void list(int tid, MappingHandler handler) throws SamplerException {
        try (BpfObject.Iterator iterator = object.openIterator(LIST_CODE, tid)) {
            readAll(libc, iterator.fd(), handler);
        }
    }

    static void readAll(Libc libc, int fd, MappingHandler handler) throws SamplerException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(BUFFER_BYTES, Long.BYTES);
            long filled = 0;
            long read = readOnce(libc, fd, buffer);
            while (read > 0) {
                filled += read;
                long whole = filled / MappedCode.BYTES * MappedCode.BYTES;
                for (long at = 0; at < whole; at += MappedCode.BYTES) {
                    if (!handler.onMapping(buffer, at)) {
                        return;
                    }
                }
                MemorySegment.copy(buffer, whole, buffer, 0, filled - whole);
                filled -= whole;
                read = readOnce(libc, fd, buffer.asSlice(filled));
            }
            if (read < 0) {
                throw SamplerFailure.call(libc, "listing the code of the running processes", (int) -read);
            }
        }
    }

    /** Each time goes on where the last one left off (bpf_seq_read() in kernel/bpf/bpf_iter.c). */
    private static long readOnce(Libc libc, int fd, MemorySegment into) {
        long read = libc.read(fd, into);
        for (int i = 0; i < MAX_ATTEMPTS && (read == -EAGAIN || read == -EINTR); i++) {
            read = libc.read(fd, into);
        }
        return read;
    }

    /**
     * Waits until there is something to poll, or {@link #wake} was called, at most so long: the process that it comes from
     * may soon be gone. One thread at a time, not after {@link #close}.
     */
    public void await(Duration longest) {
        if (libc.awaitReadable(ringFd, wakeFd, (int) longest.toMillis()) > 0) {
            synchronized (wakes) {
                if (wakeFd != NO_FD) {
                    libc.read(wakeFd, wakes);
                }
            }
        }
    }

    /** Ends an {@link #await}, be it the next one. From any thread, also while a process is listed. */
    public void wake() {
        synchronized (wakes) {
            if (wakeFd != NO_FD) {
                libc.addToEventFd(wakeFd);
            }
        }
    }

    /**
     * Hands over the files without a table that samples met since the last call, and returns when they are handled; the
     * ring buffer is free before. Nothing after {@link #close}. One thread at a time.
     */
    public void poll(Consumer<MappedCode> handler) {
        List<MappedCode> met = take();
        met.forEach(handler);
    }

    private synchronized List<MappedCode> take() {
        if (closed) {
            return List.of();
        }
        List<MappedCode> met = new ArrayList<>();
        ring.poll((memory, start, bytes) -> {
            if (bytes >= MappedCode.BYTES && met.size() < MAX_TAKEN) {
                met.add(MappedCode.read(memory, start));
            }
        });
        return met;
    }

    /** Whoever polls may go on to: the memory is not read any more. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            ring.close();
            synchronized (wakes) {
                libc.close(wakeFd);
                wakeFd = NO_FD;
            }
        }
    }
}
