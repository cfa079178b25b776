package dev.sonde.agent.kernel.ffi;

import java.lang.foreign.MemorySegment;

/** The system calls of the sampler. A negative result is the negated errno. */
public interface Libc {
    /** Protection and flags of {@link #mmap} (include/uapi/asm-generic/mman-common.h). */
    int PROT_READ = 1;

    int PROT_WRITE = 2;
    int MAP_SHARED = 1;

    /** Bytes of a page on x86-64. */
    int PAGE_BYTES = 4096;

    /**
     * Opens a perf event.
     *
     * @param attr a {@code struct perf_event_attr}
     * @param pid a process id, or -1 for all
     * @param cpu a CPU, or -1 for all
     * @return its file descriptor or the negated errno
     * @see <a href="https://man7.org/linux/man-pages/man2/perf_event_open.2.html">perf_event_open(2)</a>
     */
    int perfEventOpen(MemorySegment attr, int pid, int cpu, int groupFd, long flags);

    /**
     * Asks something of the BPF subsystem.
     *
     * @param attr a {@code union bpf_attr}, as far as the command uses it
     * @return what the command answers or the negated errno
     * @see <a href="https://man7.org/linux/man-pages/man2/bpf.2.html">bpf(2)</a>
     */
    int bpf(int command, MemorySegment attr);

    /**
     * Controls a device or, here, a perf event.
     *
     * @see <a href="https://man7.org/linux/man-pages/man2/ioctl.2.html">ioctl(2)</a>
     */
    int ioctl(int fd, long request, long argument);

    /**
     * Reads up to the buffer's size.
     *
     * @return the bytes read or the negated errno
     * @see <a href="https://man7.org/linux/man-pages/man2/read.2.html">read(2)</a>
     */
    long read(int fd, MemorySegment buffer);

    /**
     * Closes a file descriptor.
     *
     * @see <a href="https://man7.org/linux/man-pages/man2/close.2.html">close(2)</a>
     */
    int close(int fd);

    /**
     * Opens a path without reading from it or waiting for anything, for as long as it is not closed.
     *
     * @return a file descriptor
     * @see <a href="https://man7.org/linux/man-pages/man2/open.2.html">open(2), O_PATH</a>
     */
    int openPath(String path);

    /**
     * Makes a counter that is read as 8 bytes, and can be read while it is not zero; a read sets it to zero.
     *
     * @return its file descriptor or the negated errno
     * @see <a href="https://man7.org/linux/man-pages/man2/eventfd.2.html">eventfd(2), EFD_NONBLOCK</a>
     */
    int eventFd();

    /**
     * Adds 1 to a counter of {@link #eventFd}.
     *
     * @return 0 or the negated errno
     */
    int addToEventFd(int eventFd);

    /**
     * Waits until one of two files can be read, at most so long.
     *
     * @return how many can, 0 when the time is over
     * @see <a href="https://man7.org/linux/man-pages/man2/poll.2.html">poll(2)</a>
     */
    int awaitReadable(int fd, int otherFd, int timeoutMillis);

    /**
     * Maps a file into memory.
     *
     * @return the address or the negated errno
     * @see <a href="https://man7.org/linux/man-pages/man2/mmap.2.html">mmap(2)</a>
     */
    long mmap(long bytes, int protection, int flags, int fd, long offset);

    /**
     * Ends a mapping.
     *
     * @see <a href="https://man7.org/linux/man-pages/man2/mmap.2.html">munmap(2)</a>
     */
    int munmap(long address, long bytes);

    /**
     * Copies memory of another process. Where part of it cannot be read, what comes before is copied.
     *
     * @param pid the process, by a thread of it that has not ended
     * @param local array of {@code struct iovec}: the address of the copy and its length, 8 bytes each
     * @param remote array of {@code struct iovec} in the other process
     * @return the bytes copied or the negated errno
     * @see <a href="https://man7.org/linux/man-pages/man2/process_vm_readv.2.html">process_vm_readv(2)</a>
     */
    long processVmReadv(int pid, MemorySegment local, long localCount, MemorySegment remote, long remoteCount);

    /**
     * The words for an errno.
     *
     * @see <a href="https://man7.org/linux/man-pages/man3/strerror.3.html">strerror(3)</a>
     */
    String strerror(int errno);
}
