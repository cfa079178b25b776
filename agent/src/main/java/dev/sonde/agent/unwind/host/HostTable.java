package dev.sonde.agent.unwind.host;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.sonde.agent.kernel.code.UnwindTableImage;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A file's table in memory, as the library reads it ({@code struct sonde_host_table} in unwind/host.h). Immutable; its
 * memory lives as long as this is reachable.
 */
public final class HostTable {

    static final int BYTES = 16 + UnwindTableImage.FILE_BYTES;

    private final MemorySegment blocks;
    private final UnwindTableImage image;

    /**
     * Copies a table.
     *
     * @throws IOException when its blocks cannot be read
     */
    public HostTable(UnwindTableImage image) throws IOException {
        this(image, Arena.ofAuto());
    }

    /**
     * Copies a table into an arena, and is good as long as that is open.
     *
     * @throws IOException when its blocks cannot be read
     */
    public HostTable(UnwindTableImage image, Arena arena) throws IOException {
        this.image = image;
        this.blocks = arena.allocate(image.bytes(), Long.BYTES);
        byte[] block = new byte[UnwindTableImage.BLOCK_BYTES];
        for (int i = 0; i < image.blockCount(); i++) {
            image.blocks().read(i, block);
            MemorySegment.copy(block, 0, blocks, JAVA_BYTE, (long) i * block.length, block.length);
        }
    }

    /** Writes the structure; its pointer is good while this is reachable. */
    void write(MemorySegment to, int number) {
        to.set(ADDRESS, 0, blocks);
        to.set(JAVA_LONG, 8, image.blockCount());
        image.describe(to.asSlice(16), number);
    }
}
