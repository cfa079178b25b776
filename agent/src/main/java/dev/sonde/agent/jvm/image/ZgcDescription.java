package dev.sonde.agent.jvm.image;

import dev.sonde.agent.jvm.layout.ContinuationLayout;
import dev.sonde.agent.jvm.layout.VmLayout;
import dev.sonde.agent.jvm.layout.ZgcLayout;
import dev.sonde.agent.jvm.memory.MemoryPages;
import dev.sonde.agent.jvm.memory.ProcessReadException;
import java.nio.ByteBuffer;

/** Writes what a {@code struct sonde_jvm} says of ZGC; zeros where the JVM has another collector. */
final class ZgcDescription {

    /** A generation's fields before its forwarding table, with its table of virtual functions: 5 in JDK 21 to 25. */
    private static final int MAX_GENERATION_WORDS = 16;

    private final ZgcLayout zgc;
    private final ContinuationLayout continuation;
    private final MemoryPages pages;

    ZgcDescription(VmLayout layout, MemoryPages pages) {
        this.zgc = layout.oop().zgcLayout();
        this.continuation = layout.continuation();
        this.pages = pages;
    }

    /** Where the JVM keeps what colours mean: oop_bad_mask and oop_shift_now. */
    void colours(ByteBuffer out) throws ProcessReadException {
        out.putLong(variable(zgc.badMask()));
        out.putLong(variable(zgc.shift()));
    }

    /** Where it tells what it has moved: oop_offset_mask to forwarding_bytes. */
    void forwardings(ByteBuffer out) throws ProcessReadException {
        ZgcLayout.Forwardings at = zgc.forwardings();
        ZgcLayout.Generations generations = at == null ? null : at.generations();
        long heap = at == null ? 0 : pointer(at.heap());
        long young = 0;
        long old = 0;
        if (heap != 0) {
            long table = heap + at.table();
            young = generations == null
                    ? pages.i64(table)
                    : ofGeneration(generations.young(), table, generations.map());
            old = generations == null ? 0 : ofGeneration(generations.old(), table, generations.map());
        }
        long offsets = variable(zgc.offsetMask());
        out.putLong(offsets == 0 ? 0 : pages.i64(offsets));
        out.putLong(young);
        out.putLong(old);
        out.putLong(generations == null ? 0 : generations.youngColours());
        out.putLong(generations == null ? 0 : generations.oldColours());
        out.putLong(variable(zgc.weakBadMask()));
        out.putLong(variable(zgc.goodMask()));
        out.putInt(at == null ? 0 : at.granuleBits());
        out.putShort((short) continuation.ofVirtualThread());
        out.putShort((short) (at == null ? VmLayout.ABSENT : at.start()));
        out.putShort((short) (at == null ? VmLayout.ABSENT : at.alignment()));
        out.putShort((short) (at == null ? VmLayout.ABSENT : at.length()));
        out.putShort((short) (at == null ? VmLayout.ABSENT : at.bytes()));
    }

    /** The address of a variable that the structure for debuggers points to; 0 where there is none. */
    private long variable(int offset) throws ProcessReadException {
        long globals = pointer(zgc.globals());
        return globals == 0 || offset == VmLayout.ABSENT ? 0 : pages.i64(globals + offset);
    }

    private long pointer(long field) throws ProcessReadException {
        return field == VmLayout.ABSENT_ADDRESS ? 0 : pages.i64(field);
    }

    /** A generation's forwardings by piece of the heap; 0 where its table is not found, or it is not there yet. */
    private long ofGeneration(long field, long pageTable, int map) throws ProcessReadException {
        long generation = pointer(field);
        for (int i = 0; generation != 0 && i < MAX_GENERATION_WORDS; i++) {
            long word = generation + (long) i * Long.BYTES;
            if (pages.i64(word) == pageTable) {
                return pages.i64(word + Long.BYTES + map);
            }
        }
        return 0;
    }
}
