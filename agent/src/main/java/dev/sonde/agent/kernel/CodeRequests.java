package dev.sonde.agent.kernel;

import dev.sonde.agent.kernel.code.MappedCode;
import dev.sonde.agent.kernel.ffi.Libc;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;

/** Which files' code runs on this machine: all at once, then what the sampling program meets without a table. */
public final class CodeRequests implements AutoCloseable {

    /** The ring buffer's size in unwind/memory.h. */
    private static final int RING_BYTES = 16 << 10;

    private static final String LIST_CODE = "list_code";

    /** Read at once: some 80 mappings. */
    private static final int BUFFER_BYTES = 4096 / MappedCode.BYTES * MappedCode.BYTES;

    private final Libc libc;
    private final BpfObject object;
    private final RingBuffer ring;

    private CodeRequests(Libc libc, BpfObject object, RingBuffer ring) {
        this.libc = libc;
        this.object = object;
        this.ring = ring;
    }

    static CodeRequests open(Libc libc, BpfObject object) throws SamplerException {
        RingBuffer ring = RingBuffer.map(libc, object.mapFd("unwind_requests"), RING_BYTES);
        return new CodeRequests(libc, object, ring);
    }

    /** Hands over the executable mappings of all processes; the same file many times. */
    public void listRunning(Consumer<MappedCode> handler) throws SamplerException {
        int fd = object.openIterator(LIST_CODE);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(BUFFER_BYTES, Long.BYTES);
            long filled = 0;
            long read = libc.read(fd, buffer);
            while (read > 0) {
                filled += read;
                long whole = filled / MappedCode.BYTES * MappedCode.BYTES;
                for (long at = 0; at < whole; at += MappedCode.BYTES) {
                    handler.accept(MappedCode.read(buffer, at));
                }
                MemorySegment.copy(buffer, whole, buffer, 0, filled - whole);
                filled -= whole;
                read = libc.read(fd, buffer.asSlice(filled));
            }
            if (read < 0) {
                throw SamplerFailure.call(libc, "listing the code of the running processes", (int) -read);
            }
        } finally {
            libc.close(fd);
        }
    }

    /**
     * Hands over the files without a table that samples met since the last call, and returns at once. One thread at a
     * time.
     */
    public void poll(Consumer<MappedCode> handler) {
        ring.poll((memory, start, bytes) -> {
            if (bytes >= MappedCode.BYTES) {
                handler.accept(MappedCode.read(memory, start));
            }
        });
    }

    @Override
    public void close() {
        ring.close();
    }
}
