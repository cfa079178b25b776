package dev.sonde.agent.kernel;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.sonde.agent.kernel.code.JvmImage;
import dev.sonde.agent.kernel.ffi.LibBpf;
import dev.sonde.agent.kernel.ffi.Libc;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/**
 * The JVMs whose Java frames the sampling program unwinds, by process (map {@code jvms}, unwind/hotspot_format.h). Safe
 * for use by several threads; after the sampler's close everything fails.
 */
public final class JvmMaps {

    /** JVMs at a time, one slot more for the new table of one of them. */
    public static final int MAX_JVMS = 255;

    /** Behind the files' slots and the spare one in {@code unwind_tables}. */
    static final int SLOTS = MAX_JVMS + 1;

    private static final int FIRST_SLOT = UnwindMaps.SLOTS + 1;

    private static final int ENOENT = 2;

    private final LibBpf bpf;
    private final Libc libc;
    private final UnwindMaps tables;
    private final int jvmsFd;
    private final BitSet taken = new BitSet(SLOTS);
    private final Map<Integer, Told> slots = new HashMap<>();
    private boolean closed;

    /** What was told of a process last. */
    private record Told(int slot, long processStartNanos) {}

    JvmMaps(LibBpf bpf, Libc libc, UnwindMaps tables, int jvmsFd) {
        this.bpf = bpf;
        this.libc = libc;
        this.tables = tables;
        this.jvmsFd = jvmsFd;
    }

    /**
     * Tells of a JVM, or tells anew: from then on samples of the process go by it, and no more by what was told before.
     *
     * @param pid the process (the kernel's tgid)
     * @param processStartNanos when it started, CLOCK_BOOTTIME: {@link Sample#processStartNanos}
     * @param stackTop the stack pointer with which its program was started (startstack of proc_pid_stat(5)): another
     *     program in the process has another
     * @throws SamplerException when there is no room, or the kernel refuses; what was told before stays
     * @throws IOException when the image's blocks cannot be read
     */
    public synchronized void put(int pid, long processStartNanos, long stackTop, JvmImage image)
            throws SamplerException, IOException {
        Told before = slots.get(pid);
        int slot = taken.nextClearBit(0);
        if (slot >= SLOTS || (before == null && slots.size() >= MAX_JVMS)) {
            throw new SamplerException("JVMs: " + slots.size() + " (expected: at most " + MAX_JVMS + ")");
        }
        tables.putAt(FIRST_SLOT + slot, image.blocks());
        taken.set(slot);
        boolean told = false;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment process = arena.allocate(JvmImage.PROCESS_BYTES, Long.BYTES);
            image.describe(process, FIRST_SLOT + slot, processStartNanos, stackTop);
            int result = closed ? -ENOENT : bpf.update(jvmsFd, arena.allocateFrom(JAVA_INT, pid), process);
            if (result < 0) {
                throw SamplerFailure.call(libc, "JVMs: telling of process " + pid, -result);
            }
            slots.put(pid, new Told(slot, processStartNanos));
            told = true;
        } finally {
            if (!told) {
                free(slot);
            } else if (before != null) {
                free(before.slot);
            }
        }
    }

    /**
     * Forgets a JVM, if it is known: its stacks end in Java code from now on. Another process may have its pid by now, and
     * keeps what was told of it.
     */
    public synchronized void remove(int pid, long processStartNanos) {
        Told told = slots.get(pid);
        if (told == null || told.processStartNanos != processStartNanos || closed) {
            return;
        }
        slots.remove(pid);
        try (Arena arena = Arena.ofConfined()) {
            // What is not there is what is wanted.
            var _ = bpf.delete(jvmsFd, arena.allocateFrom(JAVA_INT, pid));
        }
        free(told.slot);
    }

    private void free(int slot) {
        tables.removeAt(FIRST_SLOT + slot);
        taken.clear(slot);
    }

    /** The numbers of the maps' files may soon be other files': nothing is done with them any more. */
    synchronized void close() {
        closed = true;
    }
}
