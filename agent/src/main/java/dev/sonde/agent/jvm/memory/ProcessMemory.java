package dev.sonde.agent.jvm.memory;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.sonde.agent.jvm.memory.ProcessReadException.Reason;
import dev.sonde.agent.kernel.ffi.Libc;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * The memory of one process, read while it runs. One thread at a time: the buffers are reused. The process is known by
 * its number alone: whoever keeps this for long checks the process's start time.
 */
public final class ProcessMemory implements AutoCloseable {

    /** How much one system call moves at most: long enough that its fixed cost does not count. */
    private static final int CHUNK_BYTES = 64 << 10;

    /** How many pages {@link #readPages} reads at once. */
    static final int MAX_PAGES = CHUNK_BYTES / Libc.PAGE_BYTES;

    /** struct iovec (include/uapi/linux/uio.h). */
    private static final long IOVEC_BYTES = 16;

    /** ESRCH, EPERM and EFAULT (include/uapi/asm-generic/errno-base.h). */
    private static final int NO_SUCH_PROCESS = 3;

    private static final int NOT_PERMITTED = 1;
    private static final int BAD_ADDRESS = 14;

    private final Libc libc;
    private final int pid;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment chunk = arena.allocate(CHUNK_BYTES, Long.BYTES);
    private final MemorySegment local = arena.allocate(IOVEC_BYTES, Long.BYTES);
    private final MemorySegment remote = arena.allocate(MAX_PAGES * IOVEC_BYTES, Long.BYTES);
    private long calls;

    private ProcessMemory(Libc libc, int pid) {
        this.libc = libc;
        this.pid = pid;
    }

    /**
     * The memory of a process; nothing is read yet.
     *
     * @param pid a thread of it that has not ended: its first one may have (see LivingThread)
     */
    public static ProcessMemory of(Libc libc, int pid) {
        return new ProcessMemory(libc, pid);
    }

    /** The number that the process is read by. */
    public int pid() {
        return pid;
    }

    /** How many system calls were made. */
    public long calls() {
        return calls;
    }

    /** Fills {@code into[from..from+length)}, or throws. */
    public void read(long address, byte[] into, int from, int length) throws ProcessReadException {
        int read = readUpTo(address, into, from, length);
        if (read < length) {
            throw unmapped(address + read, length - read);
        }
    }

    /** Fills a segment of native memory, or throws. */
    public void read(long address, MemorySegment into) throws ProcessReadException {
        long read = call(address, into, into.byteSize());
        if (read < into.byteSize()) {
            throw unmapped(address + read, into.byteSize() - read);
        }
    }

    /**
     * Fills as much of {@code into[from..from+length)} as is mapped without a gap.
     *
     * @return how many bytes were read: 0 where not even the first is mapped
     * @throws ProcessReadException when the process is gone or may not be read
     */
    public int readUpTo(long address, byte[] into, int from, int length) throws ProcessReadException {
        Objects.checkFromIndexSize(from, length, into.length);
        int done = 0;
        while (done < length) {
            int wanted = Math.min(CHUNK_BYTES, length - done);
            int read = (int) call(address + done, chunk, wanted);
            MemorySegment.copy(chunk, JAVA_BYTE, 0, into, from + done, read);
            done += read;
            if (read < wanted) {
                break;
            }
        }
        return done;
    }

    /** One call for one range; the bytes that it copied. */
    private long call(long address, MemorySegment into, long bytes) throws ProcessReadException {
        local.set(JAVA_LONG, 0, into.address());
        local.set(JAVA_LONG, Long.BYTES, bytes);
        remote.set(JAVA_LONG, 0, address);
        remote.set(JAVA_LONG, Long.BYTES, bytes);
        return readv(1, address, bytes);
    }

    /**
     * Reads whole pages by one call, as far as they are mapped without one that is not.
     *
     * @param numbers of the pages, of which {@code count} from {@code from} on are read, at most {@link #MAX_PAGES}
     * @return how many were read; their bytes are in {@link #copyPage} until the next call
     */
    int readPages(long[] numbers, int from, int count) throws ProcessReadException {
        for (int i = 0; i < count; i++) {
            remote.set(JAVA_LONG, i * IOVEC_BYTES, numbers[from + i] * Libc.PAGE_BYTES);
            remote.set(JAVA_LONG, i * IOVEC_BYTES + Long.BYTES, Libc.PAGE_BYTES);
        }
        long bytes = (long) count * Libc.PAGE_BYTES;
        local.set(JAVA_LONG, 0, chunk.address());
        local.set(JAVA_LONG, Long.BYTES, bytes);
        return (int) (readv(count, numbers[from] * Libc.PAGE_BYTES, bytes) / Libc.PAGE_BYTES);
    }

    /** Copies a page that {@link #readPages} has just read. */
    void copyPage(int index, byte[] into, int at) {
        MemorySegment.copy(chunk, JAVA_BYTE, (long) index * Libc.PAGE_BYTES, into, at, Libc.PAGE_BYTES);
    }

    /** One call for what the iovecs hold; the bytes copied, 0 where not even the first is mapped. */
    private long readv(long count, long firstAddress, long bytes) throws ProcessReadException {
        calls++;
        long read = libc.processVmReadv(pid, local, 1, remote, count);
        if (read >= 0) {
            return read;
        }
        int errno = (int) -read;
        if (errno == BAD_ADDRESS) {
            return 0;
        }
        Reason reason = switch (errno) {
            case NO_SUCH_PROCESS -> Reason.GONE;
            case NOT_PERMITTED -> Reason.DENIED;
            // EINVAL of a range that wraps round, ENOMEM: this range cannot be read.
            default -> Reason.UNMAPPED;
        };
        throw ProcessReadException.failed(reason, pid, firstAddress, bytes, libc.strerror(errno));
    }

    private ProcessReadException unmapped(long address, long bytes) {
        return ProcessReadException.failed(Reason.UNMAPPED, pid, address, bytes, libc.strerror(BAD_ADDRESS));
    }

    @Override
    public void close() {
        arena.close();
    }
}
