package dev.sonde.agent.kernel;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.sonde.agent.kernel.code.FileId;
import dev.sonde.agent.kernel.code.KernelTables;
import dev.sonde.agent.kernel.code.UnwindTableImage;
import dev.sonde.agent.kernel.ffi.LibBpf;
import dev.sonde.agent.kernel.ffi.Libc;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/**
 * The unwind tables of files, as the sampling program finds them: by file a slot, in the slot an array of blocks
 * (unwind/table_format.h). Safe for use by several threads; after {@link #close} everything fails.
 */
public final class UnwindMaps implements KernelTables {

    /** Behind the slots for files one whose replacement waits for the programs that run, then the JVMs'. */
    static final int ENTRIES = SLOTS + 1 + JvmMaps.SLOTS;

    /** SONDE_NO_TABLE. */
    private static final int NO_TABLE = -1;

    /** BPF_MAP_TYPE_ARRAY, BPF_F_INNER_MAP (include/uapi/linux/bpf.h). */
    private static final int ARRAY = 2;

    private static final int INNER_MAP = 0x1000;

    private static final int EBADF = 9;

    private final LibBpf bpf;
    private final Libc libc;
    private final int tablesFd;
    private final int filesFd;
    private final int askedFd;

    /** By slot, null where it is free. The maps stay open, to be read again. */
    private final Table[] tables = new Table[SLOTS];

    private boolean closed;

    private record Table(int fd, UnwindTableImage image) {}

    UnwindMaps(LibBpf bpf, Libc libc, int tablesFd, int filesFd, int askedFd) {
        this.bpf = bpf;
        this.libc = libc;
        this.tablesFd = tablesFd;
        this.filesFd = filesFd;
        this.askedFd = askedFd;
    }

    @Override
    public void put(FileId file, int slot, UnwindTableImage image) throws SamplerException, IOException {
        int count = image.blockCount();
        int table = check("a map of " + count + " blocks", newTable(count));
        boolean kept = false;
        try {
            fill(table, image);
            place(file, slot, table, image);
            kept = keep(slot, new Table(table, image.withBlocks((number, into) -> readBlock(slot, number, into))));
        } finally {
            if (!kept) {
                libc.close(table);
            }
        }
    }

    /** Puts a table into a free slot that is none of a file's; when it fails the slot is free as before. */
    void putAt(int slot, UnwindTableImage image) throws SamplerException, IOException {
        int count = image.blockCount();
        int table = check("a map of " + count + " blocks", newTable(count));
        try (Arena arena = Arena.ofConfined()) {
            fill(table, image);
            check(
                    "placing a table",
                    update(tablesFd, arena.allocateFrom(JAVA_INT, slot), arena.allocateFrom(JAVA_INT, table)));
        } finally {
            // The kernel keeps what is in a slot.
            libc.close(table);
        }
    }

    /** Frees such a slot; when this returns no walk uses its table any more. */
    void removeAt(int slot) {
        try (Arena arena = Arena.ofConfined()) {
            if (delete(tablesFd, arena.allocateFrom(JAVA_INT, slot)) < 0) {
                awaitWalks(arena);
            }
        }
    }

    private void fill(int table, UnwindTableImage image) throws SamplerException, IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment key = arena.allocate(JAVA_INT);
            MemorySegment block = arena.allocate(UnwindTableImage.BLOCK_BYTES, Long.BYTES);
            byte[] bytes = new byte[UnwindTableImage.BLOCK_BYTES];
            for (int i = 0; i < image.blockCount(); i++) {
                key.set(JAVA_INT, 0, i);
                image.blocks().read(i, bytes);
                MemorySegment.copy(bytes, 0, block, JAVA_BYTE, 0, bytes.length);
                check("writing a table", bpf.update(table, key, block));
            }
        }
    }

    private synchronized boolean keep(int slot, Table table) {
        if (!closed) {
            tables[slot] = table;
        }
        return !closed;
    }

    @Override
    public synchronized Optional<UnwindTableImage> table(int slot) {
        return Optional.ofNullable(tables[slot]).map(Table::image);
    }

    private synchronized void readBlock(int slot, int number, byte[] into) throws IOException {
        if (tables[slot] == null) {
            throw new IOException("unwind table in slot " + slot + ": gone (expected: read before it is removed)");
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment block = arena.allocate(UnwindTableImage.BLOCK_BYTES, Long.BYTES);
            int failure = bpf.lookup(tables[slot].fd(), arena.allocateFrom(JAVA_INT, number), block);
            if (failure < 0) {
                throw new IOException("block " + number + " of an unwind table: errno " + -failure);
            }
            MemorySegment.copy(block, JAVA_BYTE, 0, into, 0, into.length);
        }
    }

    private synchronized void release(int slot) {
        if (tables[slot] != null) {
            libc.close(tables[slot].fd());
            tables[slot] = null;
        }
    }

    private int newTable(int blocks) {
        return bpf.createMap(ARRAY, "unwind_table", UnwindTableImage.BLOCK_BYTES, blocks, INNER_MAP);
    }

    private void place(FileId file, int slot, int table, UnwindTableImage image) throws SamplerException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment key = arena.allocateFrom(JAVA_INT, slot);
            check("placing a table", update(tablesFd, key, arena.allocateFrom(JAVA_INT, table)));
            int placed = update(filesFd, key(arena, file), value(arena, slot, image));
            if (placed < 0) {
                var _ = delete(tablesFd, key);
            }
            check("placing a file", placed);
        }
    }

    private static MemorySegment value(Arena arena, int slot, UnwindTableImage image) {
        MemorySegment value = arena.allocate(UnwindTableImage.FILE_BYTES, Long.BYTES);
        image.describe(value, slot);
        return value;
    }

    @Override
    public void putWithoutTable(FileId file) throws SamplerException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(UnwindTableImage.FILE_BYTES, Long.BYTES);
            value.set(JAVA_INT, UnwindTableImage.FILE_SLOT, NO_TABLE);
            check("placing a file", update(filesFd, key(arena, file), value));
        }
    }

    /** The kernel's clock is CLOCK_MONOTONIC, as is nanoTime's on Linux (os_posix.cpp of HotSpot). */
    @Override
    public long usedNanos(FileId file) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(UnwindTableImage.FILE_BYTES, Long.BYTES);
            return lookup(filesFd, key(arena, file), value) < 0 ? 0 : value.get(JAVA_LONG, UnwindTableImage.FILE_USED);
        }
    }

    @Override
    public void remove(FileId file, int slot) {
        try (Arena arena = Arena.ofConfined()) {
            // What is not there is what is wanted.
            var _ = delete(filesFd, key(arena, file));
            // The next sample asks for it at once.
            var _ = delete(askedFd, key(arena, file));
            // A walk that found the entry before it went may still read it and its table, and the kernel gives the
            // memory of an entry to the next one at once (kernel/bpf/memalloc.c). A change to a map of maps returns
            // when the programs that ran during it have ended (maybe_wait_bpf_programs() in kernel/bpf/syscall.c), but
            // only where it succeeds.
            if (slot < 0 || delete(tablesFd, arena.allocateFrom(JAVA_INT, slot)) < 0) {
                awaitWalks(arena);
            }
        }
        if (slot >= 0) {
            release(slot);
        }
    }

    private void awaitWalks(Arena arena) {
        int spare = newTable(1);
        if (spare >= 0) {
            var _ = update(tablesFd, arena.allocateFrom(JAVA_INT, SLOTS), arena.allocateFrom(JAVA_INT, spare));
            libc.close(spare);
        }
    }

    private static MemorySegment key(Arena arena, FileId file) {
        MemorySegment key = arena.allocate(FileId.BYTES, Long.BYTES);
        file.write(key);
        return key;
    }

    private synchronized int update(int map, MemorySegment key, MemorySegment value) {
        return closed ? -EBADF : bpf.update(map, key, value);
    }

    private synchronized int lookup(int map, MemorySegment key, MemorySegment value) {
        return closed ? -EBADF : bpf.lookup(map, key, value);
    }

    private synchronized int delete(int map, MemorySegment key) {
        return closed ? -EBADF : bpf.delete(map, key);
    }

    private int check(String what, int result) throws SamplerException {
        if (result < 0) {
            throw SamplerFailure.call(libc, "unwind tables: " + what, -result);
        }
        return result;
    }

    /** The numbers of the maps' files may soon be other files': nothing is done with them any more. */
    synchronized void close() {
        closed = true;
        for (int slot = 0; slot < SLOTS; slot++) {
            release(slot);
        }
    }
}
