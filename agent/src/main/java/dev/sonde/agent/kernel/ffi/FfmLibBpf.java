package dev.sonde.agent.kernel.ffi;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BOOLEAN;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;

/** {@link LibBpf} bound to the system's {@code libbpf.so.1}. */
public final class FfmLibBpf implements LibBpf {
    /** The library's soname: the major version whose functions return errors as they do here. */
    public static final String SONAME = "libbpf.so.1";

    /** BPF_ANY (include/uapi/linux/bpf.h). */
    private static final long BPF_ANY = 0;

    /** struct bpf_map_create_opts: its size, where its size and its map_flags stand (libbpf 1.0, src/bpf.h). */
    private static final long MAP_OPTIONS_BYTES = 48;

    private static final long MAP_OPTIONS_FLAGS = 28;

    /** struct bpf_iter_attach_opts: its size, and where a union bpf_iter_link_info and its length stand (src/libbpf.h). */
    private static final long ITERATOR_OPTIONS_BYTES = 24;

    private static final long ITERATOR_OPTIONS_INFO = 8;
    private static final long ITERATOR_OPTIONS_INFO_BYTES = 16;

    /** union bpf_iter_link_info (include/uapi/linux/bpf.h); the thread stands first in it. */
    private static final int ITERATOR_INFO_BYTES = 16;

    /** A version is a few characters. */
    private static final long VERSION_BYTES = 64;

    private final LibBpfLog log = new LibBpfLog();
    private final MethodHandle versionString;
    private final MethodHandle openMem;
    private final MethodHandle load;
    private final MethodHandle closeObject;
    private final MethodHandle findProgram;
    private final MethodHandle programFd;
    private final MethodHandle setAutoload;
    private final MethodHandle attach;
    private final MethodHandle attachIterator;
    private final MethodHandle destroyLink;
    private final MethodHandle findMap;
    private final MethodHandle mapFd;
    private final MethodHandle setMaxEntries;
    private final MethodHandle setInitialValue;
    private final MethodHandle lookup;
    private final MethodHandle update;
    private final MethodHandle delete;
    private final MethodHandle createMap;
    private final MethodHandle linkFd;
    private final MethodHandle createIterator;
    private final MethodHandle possibleCpus;

    private FfmLibBpf(SymbolLookup library) {
        Downcalls c = new Downcalls(library);
        FunctionDescriptor pointerOfPointer = FunctionDescriptor.of(JAVA_LONG, JAVA_LONG);
        FunctionDescriptor intOfPointer = FunctionDescriptor.of(JAVA_INT, JAVA_LONG);
        FunctionDescriptor pointerByName = FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, ADDRESS);
        versionString = c.bindPlain("libbpf_version_string", FunctionDescriptor.of(ADDRESS));
        openMem = c.bind("bpf_object__open_mem", FunctionDescriptor.of(JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS));
        load = c.bindPlain("bpf_object__load", intOfPointer);
        closeObject = c.bindPlain("bpf_object__close", FunctionDescriptor.ofVoid(JAVA_LONG));
        findProgram = c.bind("bpf_object__find_program_by_name", pointerByName);
        programFd = c.bindPlain("bpf_program__fd", intOfPointer);
        setAutoload =
                c.bindPlain("bpf_program__set_autoload", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_BOOLEAN));
        attach = c.bind("bpf_program__attach", pointerOfPointer);
        attachIterator = c.bind("bpf_program__attach_iter", FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, ADDRESS));
        destroyLink = c.bindPlain("bpf_link__destroy", intOfPointer);
        findMap = c.bind("bpf_object__find_map_by_name", pointerByName);
        mapFd = c.bindPlain("bpf_map__fd", intOfPointer);
        setMaxEntries = c.bindPlain("bpf_map__set_max_entries", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_INT));
        setInitialValue = c.bindPlain(
                "bpf_map__set_initial_value", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, ADDRESS, JAVA_LONG));
        lookup = c.bindPlain("bpf_map_lookup_elem", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
        update = c.bindPlain(
                "bpf_map_update_elem", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG));
        delete = c.bindPlain("bpf_map_delete_elem", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS));
        createMap = c.bindPlain(
                "bpf_map_create",
                FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS));
        linkFd = c.bindPlain("bpf_link__fd", intOfPointer);
        createIterator = c.bindPlain("bpf_iter_create", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
        possibleCpus = c.bindPlain("libbpf_num_possible_cpus", FunctionDescriptor.of(JAVA_INT));
        captureLog(c.bindPlain("libbpf_set_print", FunctionDescriptor.of(ADDRESS, ADDRESS)));
    }

    /**
     * Loads the library; from then on what libbpf prints goes to this instance.
     *
     * @throws UnsatisfiedLinkError when the library is not there or lacks a function
     */
    @SuppressWarnings("restricted") // loads a library: the system's, by its soname
    public static LibBpf open() {
        SymbolLookup library;
        try {
            library = SymbolLookup.libraryLookup(SONAME, Arena.global());
        } catch (IllegalArgumentException e) {
            UnsatisfiedLinkError error = new UnsatisfiedLinkError(SONAME + " (expected: on the library path)");
            error.initCause(e);
            throw error;
        }
        return new FfmLibBpf(library);
    }

    private void captureLog(MethodHandle setPrint) {
        try {
            MemorySegment previous = (MemorySegment) setPrint.invokeExact(log.callback());
            assert previous != null;
        } catch (Throwable t) {
            throw Downcalls.unexpected(t);
        }
    }

    @Override
    @SuppressWarnings("restricted") // a C string of libbpf's own, bounded
    public String version() {
        try {
            MemorySegment text = (MemorySegment) versionString.invokeExact();
            return text.reinterpret(VERSION_BYTES).getString(0);
        } catch (Throwable t) {
            throw Downcalls.unexpected(t);
        }
    }

    @Override
    public String takeLog() {
        return log.take();
    }

    @Override
    public long openObject(byte[] elf) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = Downcalls.newState(arena);
            MemorySegment image = arena.allocateFrom(JAVA_BYTE, elf);
            return pointer((long) openMem.invokeExact(state, image, (long) elf.length, MemorySegment.NULL), state);
        } catch (Throwable t) {
            throw Downcalls.unexpected(t);
        }
    }

    @Override
    public int loadObject(long object) {
        return call(load, object);
    }

    @Override
    public void closeObject(long object) {
        try {
            closeObject.invokeExact(object);
        } catch (Throwable t) {
            throw Downcalls.unexpected(t);
        }
    }

    @Override
    public long findProgram(long object, String name) {
        return find(findProgram, object, name);
    }

    @Override
    public int programFd(long program) {
        return call(programFd, program);
    }

    @Override
    public int setAutoload(long program, boolean load) {
        try {
            return (int) setAutoload.invokeExact(program, load);
        } catch (Throwable t) {
            throw Downcalls.unexpected(t);
        }
    }

    @Override
    public long attach(long program) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = Downcalls.newState(arena);
            return pointer((long) attach.invokeExact(state, program), state);
        } catch (Throwable t) {
            throw Downcalls.unexpected(t);
        }
    }

    @Override
    public long attachIterator(long program, int tid) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = Downcalls.newState(arena);
            MemorySegment info = arena.allocate(ITERATOR_INFO_BYTES, Long.BYTES);
            info.set(JAVA_INT, 0, tid);
            MemorySegment options = arena.allocate(ITERATOR_OPTIONS_BYTES, Long.BYTES);
            options.set(JAVA_LONG, 0, ITERATOR_OPTIONS_BYTES);
            options.set(ADDRESS, ITERATOR_OPTIONS_INFO, info);
            options.set(JAVA_INT, ITERATOR_OPTIONS_INFO_BYTES, ITERATOR_INFO_BYTES);
            return pointer((long) attachIterator.invokeExact(state, program, options), state);
        } catch (Throwable t) {
            throw Downcalls.unexpected(t);
        }
    }

    @Override
    public int destroyLink(long link) {
        return call(destroyLink, link);
    }

    @Override
    public long findMap(long object, String name) {
        return find(findMap, object, name);
    }

    @Override
    public int mapFd(long map) {
        return call(mapFd, map);
    }

    @Override
    public int setMaxEntries(long map, int entries) {
        try {
            return (int) setMaxEntries.invokeExact(map, entries);
        } catch (Throwable t) {
            throw Downcalls.unexpected(t);
        }
    }

    @Override
    public int setInitialValue(long map, MemorySegment value) {
        try {
            return (int) setInitialValue.invokeExact(map, value, value.byteSize());
        } catch (Throwable t) {
            throw Downcalls.unexpected(t);
        }
    }

    @Override
    public int lookup(int mapFd, MemorySegment key, MemorySegment value) {
        try {
            return (int) lookup.invokeExact(mapFd, key, value);
        } catch (Throwable t) {
            throw Downcalls.unexpected(t);
        }
    }

    @Override
    public int update(int mapFd, MemorySegment key, MemorySegment value) {
        try {
            return (int) update.invokeExact(mapFd, key, value, BPF_ANY);
        } catch (Throwable t) {
            throw Downcalls.unexpected(t);
        }
    }

    @Override
    public int delete(int mapFd, MemorySegment key) {
        try {
            return (int) delete.invokeExact(mapFd, key);
        } catch (Throwable t) {
            throw Downcalls.unexpected(t);
        }
    }

    @Override
    public int createMap(int type, String name, int valueBytes, int entries, int flags) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment options = arena.allocate(MAP_OPTIONS_BYTES, Long.BYTES);
            options.set(JAVA_LONG, 0, MAP_OPTIONS_BYTES);
            options.set(JAVA_INT, MAP_OPTIONS_FLAGS, flags);
            return (int)
                    createMap.invokeExact(type, arena.allocateFrom(name), Integer.BYTES, valueBytes, entries, options);
        } catch (Throwable t) {
            throw Downcalls.unexpected(t);
        }
    }

    @Override
    public int openIterator(long link) {
        int fd = call(linkFd, link);
        if (fd < 0) {
            return fd;
        }
        try {
            return (int) createIterator.invokeExact(fd);
        } catch (Throwable t) {
            throw Downcalls.unexpected(t);
        }
    }

    @Override
    public int possibleCpus() {
        try {
            return (int) possibleCpus.invokeExact();
        } catch (Throwable t) {
            throw Downcalls.unexpected(t);
        }
    }

    private static int call(MethodHandle function, long pointer) {
        try {
            return (int) function.invokeExact(pointer);
        } catch (Throwable t) {
            throw Downcalls.unexpected(t);
        }
    }

    private static long find(MethodHandle function, long object, String name) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = Downcalls.newState(arena);
            return pointer((long) function.invokeExact(state, object, arena.allocateFrom(name)), state);
        } catch (Throwable t) {
            throw Downcalls.unexpected(t);
        }
    }

    /** libbpf 1 returns NULL and sets errno. */
    private static long pointer(long address, MemorySegment state) {
        return address == 0 ? -Downcalls.errno(state) : address;
    }
}
