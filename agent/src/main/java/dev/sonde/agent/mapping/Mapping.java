package dev.sonde.agent.mapping;

/**
 * One executable range of a process, a line of {@code /proc/PID/maps} (man 5 proc_pid_maps). Addresses compare as
 * unsigned numbers: the vsyscall page lies in the upper half.
 *
 * @param start first address
 * @param end first address behind the range
 * @param fileOffset where in the file the range begins, bytes
 * @param device major and minor number as {@link #device(int, int)} packs them; 0 for no file
 * @param inode the file's number on its device; 0 for no file
 * @param path as the kernel prints it, without the mark of a deleted file; empty for anonymous memory
 * @param deleted whether the file has no name any more
 * @param kind what stands behind it
 */
public record Mapping(
        long start,
        long end,
        long fileOffset,
        long device,
        long inode,
        String path,
        boolean deleted,
        MappingKind kind) {

    /** A device number as one key; not the encoding of {@code st_dev}. */
    public static long device(int major, int minor) {
        return (long) major << 32 | Integer.toUnsignedLong(minor);
    }

    /** Whether the address lies inside. */
    public boolean contains(long address) {
        return Long.compareUnsigned(address, start) >= 0 && Long.compareUnsigned(address, end) < 0;
    }

    /** The place in the file that is seen at this address. */
    public long fileOffsetOf(long address) {
        return address - start + fileOffset;
    }

    /**
     * Whether the inode is memory rather than a stored file: memfd_create(2), shared anonymous memory, System V segments.
     * Some runtimes keep the code that they make there, to map it writable in one place and executable in another.
     */
    boolean isSharedMemory() {
        return path.startsWith("/memfd:") || path.startsWith("/dev/zero") || path.startsWith("/SYSV");
    }

    /** Whether both are the same range of the same file, so that knowledge of one holds for the other. */
    boolean sameRangeAndFile(Mapping other) {
        return start == other.start
                && end == other.end
                && fileOffset == other.fileOffset
                && device == other.device
                && inode == other.inode
                && deleted == other.deleted
                && path.equals(other.path);
    }
}
