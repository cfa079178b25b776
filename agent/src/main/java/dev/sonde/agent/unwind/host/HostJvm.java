package dev.sonde.agent.unwind.host;

import dev.sonde.agent.kernel.code.JvmImage;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** What is known of a JVM, in memory. Immutable. */
public final class HostJvm {

    private final JvmImage image;
    private final HostTable table;

    /**
     * Copies it.
     *
     * @throws IOException when its blocks cannot be read
     */
    public HostJvm(JvmImage image) throws IOException {
        this.image = image;
        this.table = new HostTable(image.blocks());
    }

    HostTable table() {
        return table;
    }

    /** A {@code struct sonde_jvm_process} that names the table by a number. */
    MemorySegment write(Arena arena, int number) {
        MemorySegment process = arena.allocate(JvmImage.PROCESS_BYTES, Long.BYTES);
        image.describe(process, number, 0, 0);
        return process;
    }
}
