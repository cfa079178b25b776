package dev.sonde.agent.jvm.memory;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Many small ranges of one process, read by one system call. Ranges that cannot be read fail alone. One thread at a
 * time; made once and reused: {@link #clear}, {@link #add} some, {@link #read}, then ask.
 */
public final class ReadBatch implements AutoCloseable {

    /** UIO_MAXIOV (include/uapi/linux/uio.h). */
    public static final int MAX_RANGES = 1024;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment remote = arena.allocate(MAX_RANGES * ProcessMemory.IOVEC_BYTES, Long.BYTES);
    private final MemorySegment local = arena.allocate(ProcessMemory.IOVEC_BYTES, Long.BYTES);
    private final MemorySegment bytes;
    private final int[] starts = new int[MAX_RANGES + 1];
    private final boolean[] failed = new boolean[MAX_RANGES];
    private int count;

    /** Room for ranges of this many bytes together. */
    public ReadBatch(int capacityBytes) {
        bytes = arena.allocate(capacityBytes, Long.BYTES);
    }

    /** Forgets all ranges. */
    public void clear() {
        count = 0;
    }

    /** How many ranges there are. */
    public int count() {
        return count;
    }

    /** Whether a range of that length still fits. */
    public boolean hasRoom(int length) {
        return count < MAX_RANGES && length <= bytes.byteSize() - starts[count];
    }

    /** Adds a range that {@link #hasRoom has room} and gives its index. */
    public int add(long address, int length) {
        if (length <= 0 || !hasRoom(length)) {
            throw new IllegalArgumentException("length: " + length + " (expected: 1 to what has room)");
        }
        remote.set(JAVA_LONG, count * ProcessMemory.IOVEC_BYTES, address);
        remote.set(JAVA_LONG, count * ProcessMemory.IOVEC_BYTES + Long.BYTES, length);
        starts[count + 1] = starts[count] + length;
        return count++;
    }

    /**
     * Reads all ranges.
     *
     * @throws ProcessReadException when the process is gone or may not be read
     */
    public void read(ProcessMemory memory) throws ProcessReadException {
        int next = 0;
        while (next < count) {
            long address = remote.get(JAVA_LONG, next * ProcessMemory.IOVEC_BYTES);
            long length = (long) starts[count] - starts[next];
            local.set(JAVA_LONG, 0, bytes.address() + starts[next]);
            local.set(JAVA_LONG, Long.BYTES, length);
            long read;
            try {
                read = memory.readv(
                        local, remote.asSlice(next * ProcessMemory.IOVEC_BYTES), count - next, address, length);
            } catch (ProcessReadException e) {
                if (e.reason() != ProcessReadException.Reason.UNMAPPED) {
                    throw e;
                }
                read = 0;
            }
            next = settle(next, starts[next] + read);
        }
    }

    /** Marks what was read up to a place; the range that holds the place failed, and reading goes on behind it. */
    private int settle(int from, long end) {
        int next = from;
        while (next < count && starts[next + 1] <= end) {
            failed[next++] = false;
        }
        if (next < count) {
            failed[next++] = true;
        }
        return next;
    }

    /** Whether a range was read whole. */
    public boolean isRead(int range) {
        return !failed[range];
    }

    /** 64 bits at an offset of a range that was read. */
    public long getLong(int range, int offset) {
        return bytes.get(JAVA_LONG_UNALIGNED, at(range, offset, Long.BYTES));
    }

    /** 32 bits at an offset of a range that was read. */
    public int getInt(int range, int offset) {
        return bytes.get(JAVA_INT_UNALIGNED, at(range, offset, Integer.BYTES));
    }

    /** 16 bits, unsigned, at an offset of a range that was read. */
    public int getChar(int range, int offset) {
        return Short.toUnsignedInt(bytes.get(JAVA_SHORT_UNALIGNED, at(range, offset, Short.BYTES)));
    }

    /** 8 bits, unsigned, at an offset of a range that was read. */
    public int getByte(int range, int offset) {
        return Byte.toUnsignedInt(bytes.get(JAVA_BYTE, at(range, offset, 1)));
    }

    /** Copies a part of a range that was read. */
    public void copy(int range, int offset, byte[] into, int from, int length) {
        MemorySegment.copy(bytes, JAVA_BYTE, at(range, offset, length), into, from, length);
    }

    private long at(int range, int offset, int length) {
        int room = starts[range + 1] - starts[range];
        if (failed[range] || offset < 0 || length > room - offset) {
            throw new IndexOutOfBoundsException(
                    "range " + range + ": " + length + " bytes at " + offset + " (expected: within " + room + " read)");
        }
        return (long) starts[range] + offset;
    }

    @Override
    public void close() {
        arena.close();
    }
}
