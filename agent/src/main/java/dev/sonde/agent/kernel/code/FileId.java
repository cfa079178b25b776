package dev.sonde.agent.kernel.code;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;

/**
 * One state of a mapped file ({@code struct sonde_file_key} in sample.h). The device is that of the file itself: below an
 * overlay another one than {@code stat} shows.
 *
 * @param mtimeNanos time of the last change; {@link #VDSO_MTIME} for the vDSO, whose other fields are zero
 * @param device as the kernel packs it: the minor number in the low 20 bits (include/linux/kdev_t.h)
 */
public record FileId(long inode, long mtimeNanos, long sizeBytes, int device, int generation) {

    /** SONDE_VDSO_MTIME. */
    private static final long VDSO_MTIME = -1;

    /** What stands for memory that is no file's. */
    public static final FileId NONE = new FileId(0, 0, 0, 0, 0);

    /** sizeof. */
    public static final int BYTES = 32;

    /** Whether this is the vDSO, which is no file. */
    public boolean isVdso() {
        return inode == 0 && mtimeNanos == VDSO_MTIME && device == 0;
    }

    /** The one that lies at an offset. */
    public static FileId read(MemorySegment memory, long at) {
        return new FileId(
                memory.get(JAVA_LONG, at),
                memory.get(JAVA_LONG, at + 8),
                memory.get(JAVA_LONG, at + 16),
                memory.get(JAVA_INT, at + 24),
                memory.get(JAVA_INT, at + 28));
    }

    /** Writes it to the begin of {@code memory}, of {@link #BYTES}, aligned to 8. */
    public void write(MemorySegment memory) {
        memory.set(JAVA_LONG, 0, inode);
        memory.set(JAVA_LONG, 8, mtimeNanos);
        memory.set(JAVA_LONG, 16, sizeBytes);
        memory.set(JAVA_INT, 24, device);
        memory.set(JAVA_INT, 28, generation);
    }
}
