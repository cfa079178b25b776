package dev.sonde.agent.kernel.ffi;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;

/** {@link Libc} bound to the C library that the JVM itself runs on. */
public final class FfmLibc implements Libc {
    /** arch/x86/entry/syscalls/syscall_64.tbl; glibc has no wrapper. */
    private static final long SYS_PERF_EVENT_OPEN = 298;

    private static final long SYS_BPF = 321;

    /** O_PATH and O_CLOEXEC (include/uapi/asm-generic/fcntl.h). */
    private static final int OPEN_PATH = 0x200000 | 0x80000;

    /** EFD_NONBLOCK and EFD_CLOEXEC (include/uapi/linux/eventfd.h). */
    private static final int EVENT_FLAGS = 0x800 | 0x80000;

    /** struct pollfd: the file, then the events asked for, then those found; POLLIN (include/uapi/asm-generic/poll.h). */
    private static final int POLL_BYTES = 8;

    private static final int POLL_EVENTS = 4;
    private static final short POLL_READABLE = 1;

    /** Room for the words of an errno; glibc's longest has 50 bytes. */
    private static final int ERROR_TEXT_BYTES = 256;

    private static final Downcalls C = new Downcalls(Linker.nativeLinker().defaultLookup());

    private static final MethodHandle SYSCALL = C.bindVariadic(
            "syscall",
            FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG),
            1);
    private static final MethodHandle BPF =
            C.bindVariadic("syscall", FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT), 1);
    private static final MethodHandle IOCTL =
            C.bindVariadic("ioctl", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG), 2);
    private static final MethodHandle READ =
            C.bind("read", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
    private static final MethodHandle EVENT_FD = C.bind("eventfd", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle EVENT_FD_WRITE =
            C.bind("eventfd_write", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG));
    private static final MethodHandle CLOSE = C.bind("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    private static final MethodHandle OPEN =
            C.bindVariadic("open", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT), 2);
    private static final MethodHandle POLL =
            C.bind("poll", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
    private static final MethodHandle MMAP = C.bind(
            "mmap", FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG));
    private static final MethodHandle MUNMAP = C.bind("munmap", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle PROCESS_VM_READV = C.bind(
            "process_vm_readv",
            FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_LONG));
    // The POSIX variant: the GNU one may return static text instead of filling the buffer.
    private static final MethodHandle STRERROR =
            C.bindPlain("__xpg_strerror_r", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_LONG));

    @Override
    public int perfEventOpen(MemorySegment attr, int pid, int cpu, int groupFd, long flags) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = Downcalls.newState(arena);
            long fd = (long) SYSCALL.invokeExact(state, SYS_PERF_EVENT_OPEN, attr, pid, cpu, groupFd, flags);
            return (int) Downcalls.orErrno(fd, state);
        } catch (Throwable t) {
            throw Downcalls.unexpected(t);
        }
    }

    @Override
    public int bpf(int command, MemorySegment attr) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = Downcalls.newState(arena);
            long result = (long) BPF.invokeExact(state, SYS_BPF, command, attr, (int) attr.byteSize());
            return (int) Downcalls.orErrno(result, state);
        } catch (Throwable t) {
            throw Downcalls.unexpected(t);
        }
    }

    @Override
    public int ioctl(int fd, long request, long argument) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = Downcalls.newState(arena);
            return (int) Downcalls.orErrno((int) IOCTL.invokeExact(state, fd, request, argument), state);
        } catch (Throwable t) {
            throw Downcalls.unexpected(t);
        }
    }

    @Override
    public long read(int fd, MemorySegment buffer) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = Downcalls.newState(arena);
            return Downcalls.orErrno((long) READ.invokeExact(state, fd, buffer, buffer.byteSize()), state);
        } catch (Throwable t) {
            throw Downcalls.unexpected(t);
        }
    }

    @Override
    public int close(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = Downcalls.newState(arena);
            return (int) Downcalls.orErrno((int) CLOSE.invokeExact(state, fd), state);
        } catch (Throwable t) {
            throw Downcalls.unexpected(t);
        }
    }

    @Override
    public int openPath(String path) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = Downcalls.newState(arena);
            int fd = (int) OPEN.invokeExact(state, arena.allocateFrom(path), OPEN_PATH);
            return (int) Downcalls.orErrno(fd, state);
        } catch (Throwable t) {
            throw Downcalls.unexpected(t);
        }
    }

    @Override
    public int eventFd() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = Downcalls.newState(arena);
            return (int) Downcalls.orErrno((int) EVENT_FD.invokeExact(state, 0, EVENT_FLAGS), state);
        } catch (Throwable t) {
            throw Downcalls.unexpected(t);
        }
    }

    @Override
    public int addToEventFd(int eventFd) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = Downcalls.newState(arena);
            return (int) Downcalls.orErrno((int) EVENT_FD_WRITE.invokeExact(state, eventFd, 1L), state);
        } catch (Throwable t) {
            throw Downcalls.unexpected(t);
        }
    }

    @Override
    public int awaitReadable(int fd, int otherFd, int timeoutMillis) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = Downcalls.newState(arena);
            MemorySegment asked = arena.allocate(2 * POLL_BYTES, Integer.BYTES);
            asked.set(JAVA_INT, 0, fd);
            asked.set(JAVA_SHORT, POLL_EVENTS, POLL_READABLE);
            asked.set(JAVA_INT, POLL_BYTES, otherFd);
            asked.set(JAVA_SHORT, POLL_BYTES + POLL_EVENTS, POLL_READABLE);
            return (int) Downcalls.orErrno((int) POLL.invokeExact(state, asked, 2L, timeoutMillis), state);
        } catch (Throwable t) {
            throw Downcalls.unexpected(t);
        }
    }

    @Override
    public long mmap(long bytes, int protection, int flags, int fd, long offset) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = Downcalls.newState(arena);
            long address = (long) MMAP.invokeExact(state, 0L, bytes, protection, flags, fd, offset);
            return Downcalls.orErrno(address, state);
        } catch (Throwable t) {
            throw Downcalls.unexpected(t);
        }
    }

    @Override
    public int munmap(long address, long bytes) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = Downcalls.newState(arena);
            return (int) Downcalls.orErrno((int) MUNMAP.invokeExact(state, address, bytes), state);
        } catch (Throwable t) {
            throw Downcalls.unexpected(t);
        }
    }

    @Override
    public long processVmReadv(int pid, MemorySegment local, long localCount, MemorySegment remote, long remoteCount) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = Downcalls.newState(arena);
            long bytes = (long) PROCESS_VM_READV.invokeExact(state, pid, local, localCount, remote, remoteCount, 0L);
            return Downcalls.orErrno(bytes, state);
        } catch (Throwable t) {
            throw Downcalls.unexpected(t);
        }
    }

    @Override
    public String strerror(int errno) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment text = arena.allocate(ERROR_TEXT_BYTES);
            int failure = (int) STRERROR.invokeExact(errno, text, text.byteSize());
            return failure == 0 ? text.getString(0, StandardCharsets.UTF_8) : "errno " + errno;
        } catch (Throwable t) {
            throw Downcalls.unexpected(t);
        }
    }
}
