package dev.sonde.agent.kallsyms;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.sonde.agent.kernel.ffi.FfmLibc;
import dev.sonde.agent.kernel.ffi.Libc;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The BPF programs and links made last. The kernel numbers both in the order in which they are made
 * (idr_alloc_cyclic() in kernel/bpf/syscall.c), so one question tells whether there is a newer one. Not thread-safe.
 */
public final class NewestBpf {
    /** The answer where the kernel or the rights (CAP_SYS_ADMIN) do not allow the question. */
    public static final long UNKNOWN = -1;

    /** BPF_PROG_GET_NEXT_ID, BPF_LINK_GET_NEXT_ID (include/uapi/linux/bpf.h). */
    private static final int NEXT_PROGRAM = 11;

    private static final int NEXT_LINK = 31;
    private static final int ENOENT = 2;

    /** start_id, next_id and open_flags of union bpf_attr. */
    private static final int ATTR_BYTES = 12;

    private final Libc libc = new FfmLibc();
    private long program;
    private long link;

    /** A number that is another one when a program or a link was made since it was asked for; or {@link #UNKNOWN}. */
    public long number() {
        program = newest(NEXT_PROGRAM, program);
        link = newest(NEXT_LINK, link);
        return program < 0 || link < 0 ? UNKNOWN : program << Integer.SIZE | link;
    }

    private long newest(int command, long known) {
        if (known < 0) {
            return UNKNOWN;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attr = arena.allocate(ATTR_BYTES, Integer.BYTES);
            attr.set(JAVA_INT, 0, (int) known);
            int failure = libc.bpf(command, attr);
            while (failure == 0) {
                attr.set(JAVA_INT, 0, attr.get(JAVA_INT, 4));
                failure = libc.bpf(command, attr);
            }
            return failure == -ENOENT ? attr.get(JAVA_INT, 0) : UNKNOWN;
        }
    }
}
