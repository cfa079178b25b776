package dev.sonde.agent.kernel;

import dev.sonde.agent.kernel.ffi.LibBpf;
import dev.sonde.agent.kernel.ffi.Libc;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** A BPF object: opened, then configured, then loaded into the kernel, then attached. */
final class BpfObject implements AutoCloseable {
    private final LibBpf bpf;
    private final Libc libc;
    private final long object;
    private final Deque<Long> links = new ArrayDeque<>();
    private final List<Long> maps = new ArrayList<>();

    private BpfObject(LibBpf bpf, Libc libc, long object) {
        this.bpf = bpf;
        this.libc = libc;
        this.object = object;
    }

    /** Parses an object from the class path. */
    static BpfObject open(LibBpf bpf, Libc libc, String resource) throws SamplerException {
        return open(bpf, libc, resource(resource));
    }

    /** Parses an object. */
    static BpfObject open(LibBpf bpf, Libc libc, byte[] elf) throws SamplerException {
        long object = bpf.openObject(elf);
        if (object < 0) {
            throw SamplerFailure.load(libc, (int) -object, bpf.takeLog());
        }
        return new BpfObject(bpf, libc, object);
    }

    private static byte[] resource(String name) throws SamplerException {
        try (InputStream in = BpfObject.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new SamplerException("resource " + name + " is missing (expected: in the jar of module bpf)");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new SamplerException("resource " + name + ": " + e.getMessage(), e);
        }
    }

    /** Sets the content of a data section; before {@link #load}. */
    void setData(String map, MemorySegment value) throws SamplerException {
        check("setting the content of map " + map, bpf.setInitialValue(map(map), value));
    }

    /** Sets a map's entries, or a ring buffer's bytes; before {@link #load}. */
    void setMaxEntries(String map, int entries) throws SamplerException {
        check("setting the size of map " + map, bpf.setMaxEntries(map(map), entries));
    }

    /** Leaves a program out; before {@link #load}. */
    void omit(String program) throws SamplerException {
        check("leaving out program " + program, bpf.setAutoload(program(program), false));
    }

    void load() throws SamplerException {
        int failure = bpf.loadObject(object);
        if (failure < 0) {
            throw SamplerFailure.load(libc, -failure, bpf.takeLog());
        }
    }

    /** Attaches a loaded program to what its section names. */
    void attach(String program) throws SamplerException {
        long link = bpf.attach(program(program));
        if (link < 0) {
            throw SamplerFailure.load(libc, (int) -link, bpf.takeLog());
        }
        links.push(link);
    }

    /** What an iterator writes; detaches it when closed. */
    final class Iterator implements AutoCloseable {
        private final long link;
        private final int fd;

        private Iterator(long link, int fd) {
            this.link = link;
            this.fd = fd;
        }

        int fd() {
            return fd;
        }

        @Override
        public void close() {
            libc.close(fd);
            bpf.destroyLink(link);
        }
    }

    /**
     * Attaches a loaded iterator over tasks.
     *
     * @param tid of one thread, or 0 for all of them
     */
    Iterator openIterator(String program, int tid) throws SamplerException {
        long link = bpf.attachIterator(program(program), tid);
        if (link < 0) {
            throw SamplerFailure.call(libc, "attaching program " + program, (int) -link);
        }
        int fd = bpf.openIterator(link);
        if (fd < 0) {
            bpf.destroyLink(link);
            throw SamplerFailure.call(libc, "reading from program " + program, -fd);
        }
        return new Iterator(link, fd);
    }

    /** The file descriptor of a loaded program. */
    int programFd(String program) throws SamplerException {
        return check("program " + program, bpf.programFd(program(program)));
    }

    /** The file descriptor of a created map. */
    int mapFd(String map) throws SamplerException {
        long address = map(map);
        if (!maps.contains(address)) {
            maps.add(address);
        }
        return check("map " + map, bpf.mapFd(address));
    }

    /**
     * The kernel's memory for the maps that were asked for.
     *
     * @see <a href="https://man7.org/linux/man-pages/man5/proc_pid_fdinfo.5.html">proc_pid_fdinfo(5)</a>
     */
    long mapBytes() {
        long bytes = 0;
        for (long map : maps) {
            bytes += memlock(bpf.mapFd(map));
        }
        return bytes;
    }

    private static long memlock(int fd) {
        return info(fd, "memlock:");
    }

    /** A number that the kernel tells of a map or program; 0 when it does not. */
    private static long info(int fd, String key) {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/self/fdinfo", Integer.toString(fd)))) {
                if (line.startsWith(key)) {
                    return Long.parseLong(line.substring(key.length()).strip());
                }
            }
        } catch (IOException | NumberFormatException e) {
            return 0; // A figure for reports, not worth failing for.
        }
        return 0;
    }

    /** Nanoseconds that a program ran so far, where the administrator has them counted (kernel.bpf_stats_enabled). */
    long runNanos(String program) throws SamplerException {
        return info(programFd(program), "run_time_ns:");
    }

    private long map(String name) throws SamplerException {
        long map = bpf.findMap(object, name);
        if (map < 0) {
            throw SamplerFailure.call(libc, "map " + name, (int) -map);
        }
        return map;
    }

    private long program(String name) throws SamplerException {
        long program = bpf.findProgram(object, name);
        if (program < 0) {
            throw SamplerFailure.call(libc, "program " + name, (int) -program);
        }
        return program;
    }

    private int check(String what, int result) throws SamplerException {
        if (result < 0) {
            throw SamplerFailure.call(libc, what, -result);
        }
        return result;
    }

    @Override
    public void close() {
        while (!links.isEmpty()) {
            bpf.destroyLink(links.pop());
        }
        bpf.closeObject(object);
    }
}
