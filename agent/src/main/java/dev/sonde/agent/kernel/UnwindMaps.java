package dev.sonde.agent.kernel;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.sonde.agent.kernel.code.FileId;
import dev.sonde.agent.kernel.code.UnwindTableImage;
import dev.sonde.agent.kernel.ffi.LibBpf;
import dev.sonde.agent.kernel.ffi.Libc;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The unwind tables of files, as the sampling program finds them: by file a slot, in the slot an array of chunks
 * (unwind/table_format.h). One thread at a time.
 */
public final class UnwindMaps {

    /** Tables at a time; 8 bytes a slot in the kernel. Busy build machines map some hundred files with code. */
    public static final int SLOTS = 1024;

    /** Files at a time, those without a table too; some 100 bytes each in the kernel, when they are there. */
    public static final int MAX_FILES = 4096;

    /** SONDE_NO_TABLE. */
    private static final int NO_TABLE = -1;

    /** BPF_MAP_TYPE_ARRAY, BPF_F_INNER_MAP (include/uapi/linux/bpf.h). */
    private static final int ARRAY = 2;

    private static final int INNER_MAP = 0x1000;

    private final LibBpf bpf;
    private final Libc libc;
    private final int tablesFd;
    private final int filesFd;

    UnwindMaps(LibBpf bpf, Libc libc, int tablesFd, int filesFd) {
        this.bpf = bpf;
        this.libc = libc;
        this.tablesFd = tablesFd;
        this.filesFd = filesFd;
    }

    /**
     * Puts a table into a slot and gives it to a file.
     *
     * @throws IOException when the blocks cannot be read
     */
    public void put(FileId file, int slot, UnwindTableImage image) throws SamplerException, IOException {
        int count = image.blockCount();
        int table = check(
                "a map of " + count + " blocks",
                bpf.createMap(ARRAY, "unwind_table", UnwindTableImage.BLOCK_BYTES, count, INNER_MAP));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment key = arena.allocate(JAVA_INT);
            MemorySegment block = arena.allocate(UnwindTableImage.BLOCK_BYTES, Long.BYTES);
            byte[] bytes = new byte[UnwindTableImage.BLOCK_BYTES];
            for (int i = 0; i < count; i++) {
                key.set(JAVA_INT, 0, i);
                image.blocks().read(i, bytes);
                MemorySegment.copy(bytes, 0, block, JAVA_BYTE, 0, bytes.length);
                check("writing a table", bpf.update(table, key, block));
            }
            key.set(JAVA_INT, 0, slot);
            check("placing a table", bpf.update(tablesFd, key, arena.allocateFrom(JAVA_INT, table)));
            check("placing a file", bpf.update(filesFd, key(arena, file), value(arena, slot, image)));
        } finally {
            // The slot holds it from now on.
            libc.close(table);
        }
    }

    private static MemorySegment value(Arena arena, int slot, UnwindTableImage image) {
        MemorySegment value = arena.allocate(UnwindTableImage.FILE_BYTES, Long.BYTES);
        // The kernel's clock is CLOCK_MONOTONIC, as is nanoTime's on Linux (os_posix.cpp of HotSpot).
        value.set(JAVA_LONG, UnwindTableImage.FILE_USED, System.nanoTime());
        image.describe(value, slot);
        return value;
    }

    /** Says that a file has no table: its code is unwound by frame pointers. */
    public void putWithoutTable(FileId file) throws SamplerException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(UnwindTableImage.FILE_BYTES, Long.BYTES);
            value.set(JAVA_LONG, UnwindTableImage.FILE_USED, System.nanoTime());
            value.set(JAVA_INT, UnwindTableImage.FILE_SLOT, NO_TABLE);
            check("placing a file", bpf.update(filesFd, key(arena, file), value));
        }
    }

    /** When the file's table was last used, on {@link System#nanoTime}'s clock; 0 when the file is not there. */
    public long usedNanos(FileId file) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(UnwindTableImage.FILE_BYTES, Long.BYTES);
            return bpf.lookup(filesFd, key(arena, file), value) < 0
                    ? 0
                    : value.get(JAVA_LONG, UnwindTableImage.FILE_USED);
        }
    }

    /** Forgets a file. Its slot may be used again after this. */
    public void remove(FileId file, int slot) {
        try (Arena arena = Arena.ofConfined()) {
            // What is not there is what is wanted.
            var _ = bpf.delete(filesFd, key(arena, file));
            var _ = bpf.delete(tablesFd, arena.allocateFrom(JAVA_INT, slot));
        }
    }

    private static MemorySegment key(Arena arena, FileId file) {
        MemorySegment key = arena.allocate(FileId.BYTES, Long.BYTES);
        file.write(key);
        return key;
    }

    private int check(String what, int result) throws SamplerException {
        if (result < 0) {
            throw SamplerFailure.call(libc, "unwind tables: " + what, -result);
        }
        return result;
    }
}
