package dev.sonde.agent.kernel;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.sonde.agent.kernel.ffi.LibBpf;
import dev.sonde.agent.kernel.ffi.Libc;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashSet;
import java.util.Set;

/** The processes to sample where not all are. From then on the kernel side follows their forks. */
final class TargetMap {
    static final int FOLLOW_SELF = 1;
    static final int FOLLOW_CHILDREN = 2;

    /** Processes at a time, living and not yet reaped; 80 bytes each in the kernel. A large build has some hundred. */
    static final int MAX_TARGETS = 8192;

    private final LibBpf bpf;
    private final Libc libc;
    private final int fd;

    TargetMap(LibBpf bpf, Libc libc, int fd) {
        this.bpf = bpf;
        this.libc = libc;
        this.fd = fd;
    }

    /** The process and all its descendants. */
    void add(ProcessHandle process) throws SamplerException {
        put(process.pid(), FOLLOW_SELF | FOLLOW_CHILDREN);
        addDescendants(process);
    }

    /** The children that the process will start, and their descendants; not the process itself. */
    void addChildrenOf(long pid) throws SamplerException {
        put(pid, FOLLOW_CHILDREN);
    }

    /**
     * Until a pass finds none that is new: a child that forked before its turn came has a child that nobody followed.
     */
    private void addDescendants(ProcessHandle process) throws SamplerException {
        Set<Long> known = new HashSet<>();
        boolean found;
        do {
            found = false;
            for (ProcessHandle child : process.descendants().toList()) {
                if (known.add(child.pid())) {
                    put(child.pid(), FOLLOW_SELF | FOLLOW_CHILDREN);
                    found = true;
                }
            }
        } while (found);
    }

    private void put(long pid, int follow) throws SamplerException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment key = arena.allocateFrom(JAVA_INT, (int) pid);
            int failure = bpf.update(fd, key, arena.allocateFrom(JAVA_INT, follow));
            if (failure < 0) {
                throw SamplerFailure.call(
                        libc, "adding process " + pid + " to the " + MAX_TARGETS + " targets at most", -failure);
            }
        }
    }
}
