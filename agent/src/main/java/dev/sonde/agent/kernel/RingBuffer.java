package dev.sonde.agent.kernel;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.sonde.agent.kernel.ffi.Libc;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;

/**
 * Reader of a BPF ring buffer through its memory: one page with the consumer's position, which is ours to write, one
 * with the producer's, then the data twice in a row, so that no record is cut at the end. Not thread-safe: one reader.
 *
 * @see <a href="https://docs.kernel.org/bpf/ringbuf.html">BPF ring buffer</a>
 */
final class RingBuffer implements AutoCloseable {
    /** Before each record: its length with two flags, then a number of the kernel's own. */
    private static final int HEADER_BYTES = 8;

    /** BPF_RINGBUF_BUSY_BIT, BPF_RINGBUF_DISCARD_BIT (include/uapi/linux/bpf.h). */
    private static final int BUSY = 1 << 31;

    private static final int DISCARDED = 1 << 30;

    private static final VarHandle POSITION = JAVA_LONG.varHandle();
    private static final VarHandle LENGTH = JAVA_INT.varHandle();

    private final Libc libc;
    private final long mask;
    private final MemorySegment consumer;
    private final MemorySegment producer;
    private final MemorySegment data;

    /** What takes the records. */
    interface RecordHandler {
        /** The record lies in {@code memory} from {@code start}, and only during this call. */
        void onRecord(MemorySegment memory, long start, int bytes);
    }

    RingBuffer(Libc libc, int bytes, MemorySegment consumer, MemorySegment producer) {
        this.libc = libc;
        this.mask = bytes - 1L;
        this.consumer = consumer;
        this.producer = producer;
        this.data = producer.asSlice(Libc.PAGE_BYTES);
    }

    /**
     * Maps the buffer.
     *
     * @param mapFd the map's file descriptor
     * @param bytes the buffer's size, a power of two
     */
    static RingBuffer map(Libc libc, int mapFd, int bytes) throws SamplerException {
        long consumer = libc.mmap(Libc.PAGE_BYTES, Libc.PROT_READ | Libc.PROT_WRITE, Libc.MAP_SHARED, mapFd, 0);
        if (consumer < 0) {
            throw SamplerFailure.call(libc, "mapping the ring buffer's consumer page", (int) -consumer);
        }
        long readable = Libc.PAGE_BYTES + 2L * bytes;
        long producer = libc.mmap(readable, Libc.PROT_READ, Libc.MAP_SHARED, mapFd, Libc.PAGE_BYTES);
        if (producer < 0) {
            libc.munmap(consumer, Libc.PAGE_BYTES);
            throw SamplerFailure.call(libc, "mapping the ring buffer's data", (int) -producer);
        }
        return new RingBuffer(libc, bytes, segment(consumer, Libc.PAGE_BYTES), segment(producer, readable));
    }

    @SuppressWarnings("restricted") // the size is the mapping's own
    private static MemorySegment segment(long address, long bytes) {
        return MemorySegment.ofAddress(address).reinterpret(bytes);
    }

    /**
     * Hands over all records that are complete now, then returns. Each record's room is free once its handler is done.
     *
     * @return how many records
     */
    int poll(RecordHandler handler) {
        long position = (long) POSITION.get(consumer, 0L);
        long end = (long) POSITION.getAcquire(producer, 0L);
        int records = 0;
        while (position < end) {
            long at = position & mask;
            int length = (int) LENGTH.getAcquire(data, at);
            if ((length & BUSY) != 0) {
                break;
            }
            int bytes = length & ~DISCARDED;
            try {
                if ((length & DISCARDED) == 0) {
                    handler.onRecord(data, at + HEADER_BYTES, bytes);
                    records++;
                }
            } finally {
                position += (HEADER_BYTES + bytes + 7L) & -8L;
                POSITION.setRelease(consumer, 0L, position);
            }
        }
        return records;
    }

    @Override
    public void close() {
        libc.munmap(producer.address(), producer.byteSize());
        libc.munmap(consumer.address(), consumer.byteSize());
    }
}
