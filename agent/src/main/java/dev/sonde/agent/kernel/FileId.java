package dev.sonde.agent.kernel;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;

/**
 * What a mapped file is to the kernel ({@code struct sonde_file_key} in unwind/table_format.h). The device is that of the
 * file itself: below an overlay another one than {@code stat} shows.
 *
 * @param mtimeSeconds time of the last change; {@link #VDSO_MTIME} for the vDSO, whose other fields are zero
 */
public record FileId(long inode, long mtimeSeconds, int device, int generation) {

    /** SONDE_VDSO_MTIME. */
    private static final long VDSO_MTIME = -1;

    static final int BYTES = 24;

    /** Whether this is the vDSO, which is no file. */
    public boolean isVdso() {
        return inode == 0 && mtimeSeconds == VDSO_MTIME && device == 0;
    }

    static FileId read(MemorySegment memory, long at) {
        return new FileId(
                memory.get(JAVA_LONG, at),
                memory.get(JAVA_LONG, at + 8),
                memory.get(JAVA_INT, at + 16),
                memory.get(JAVA_INT, at + 20));
    }

    void write(MemorySegment memory) {
        memory.set(JAVA_LONG, 0, inode);
        memory.set(JAVA_LONG, 8, mtimeSeconds);
        memory.set(JAVA_INT, 16, device);
        memory.set(JAVA_INT, 20, generation);
    }
}
