package dev.sonde.agent.unwind.host;

import dev.sonde.agent.kernel.code.JvmImage;
import dev.sonde.agent.kernel.code.UnwindTableImage;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * A JVM of one code heap with a compiled method in it, behind it one stub, and then other methods, written by hand: where
 * fields are, is its own.
 */
final class SmallJvm {

    static final long HEAP = 0x7f00_0000_0000L;
    static final long METHOD_CODE = HEAP + 128;
    static final long STUB = HEAP + 1024;

    /** The first that is free for other methods. */
    static final int FREE_SEGMENT = 16;

    static final int SEGMENTS = 1024;
    private static final long SEGMAP = 0x7f10_0000_0000L;
    private static final int SEGMENT_BITS = 7;
    private static final int HEAP_BYTES = SEGMENTS << SEGMENT_BITS;
    private static final int METHOD_SEGMENTS = 8;

    /** CodeHeap::free_sentinel. */
    private static final int FREE = 0xff;

    private static final int HEADER_BYTES = 16;
    private static final int BLOB_BYTES = 64;

    /** Fields of the blob. */
    private static final int KIND = 0;

    private static final int SIZE = 4;
    private static final int CODE = 8;
    private static final int FRAME_SIZE = 12;
    private static final int FRAME_COMPLETE = 16;
    private static final int METHOD = 24;
    private static final int NMETHOD_KIND = 1;

    /** KIND_IS_BYTE, CODE_IS_OFFSET, DEOPT_IS_OFFSET. */
    private static final int FLAGS = 7;

    private static final short NO_FIELD = -1;

    /** sonde_jvm.return_barrier. */
    private static final int RETURN_BARRIER = 40;

    static final int THREAD_MODULE = 3;
    static final int THREAD_OFFSET = 24;
    static final int THREAD_ENTRY = 40;
    static final int THREAD_STACK_BASE = 48;

    private final byte[] heap = new byte[HEAP_BYTES];
    private final byte[] segmap = new byte[SEGMENTS];

    /** @param frameWords the size of the first method's frame */
    SmallJvm(int frameWords) {
        Arrays.fill(segmap, (byte) FREE);
        method(0, METHOD_SEGMENTS, frameWords);
    }

    /** Puts a method into some segments; its code begins in the second. The map is as mark_segmap_as_used() makes it. */
    SmallJvm method(int first, int segments, int frameWords) {
        for (int i = 0, hop = 0; i < segments; i++, hop = hop + 1 == FREE ? 1 : hop + 1) {
            segmap[first + i] = (byte) hop;
        }
        int block = first << SEGMENT_BITS;
        heap[block + 4] = 1; // used
        ByteBuffer blob =
                ByteBuffer.wrap(heap, block + HEADER_BYTES, BLOB_BYTES).slice().order(ByteOrder.LITTLE_ENDIAN);
        blob.put(KIND, (byte) NMETHOD_KIND);
        blob.putInt(SIZE, (segments << SEGMENT_BITS) - HEADER_BYTES);
        blob.putInt(CODE, (1 << SEGMENT_BITS) - HEADER_BYTES);
        blob.putInt(FRAME_SIZE, frameWords);
        blob.putInt(FRAME_COMPLETE, 0);
        blob.putLong(METHOD, 0);
        return this;
    }

    /** Makes a segment free, as the map has it. */
    SmallJvm free(int segment) {
        segmap[segment] = (byte) FREE;
        return this;
    }

    /** Where a segment begins. */
    static long segment(int number) {
        return HEAP + ((long) number << SEGMENT_BITS);
    }

    /** Writes code. */
    SmallJvm code(long address, byte... bytes) {
        System.arraycopy(bytes, 0, heap, (int) (address - HEAP), bytes.length);
        return this;
    }

    /** Its memory. */
    List<HostMemory> memory() {
        return List.of(new HostMemory(HEAP, copy(heap)), new HostMemory(SEGMAP, copy(segmap)));
    }

    /** What the unwinder is told of it; the table is of the code from {@link #STUB} on. */
    HostJvm image(UnwindTableImage table, long returnPc) throws IOException {
        return image(table, returnPc, 0, description -> {});
    }

    /** The same with a barrier before frozen frames, and what else is to be said in the {@code struct sonde_jvm}. */
    HostJvm image(UnwindTableImage table, long returnPc, long barrier, Consumer<ByteBuffer> more) throws IOException {
        byte[] description = description(returnPc);
        ByteBuffer fields = ByteBuffer.wrap(description).order(ByteOrder.LITTLE_ENDIAN);
        fields.putLong(RETURN_BARRIER, barrier);
        more.accept(fields);
        return new HostJvm(new JvmImage(table, description, HEAP, HEAP + HEAP_BYTES, barrier));
    }

    private static byte[] description(long returnPc) {
        ByteBuffer out = ByteBuffer.allocate(JvmImage.DESCRIPTION_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        out.putLong(HEAP).putLong(HEAP + HEAP_BYTES).putLong(STUB);
        out.putLong(0).putLong(0).putLong(0).putLong(returnPc); // no interpreter, no barrier
        out.putLong(NMETHOD_KIND).putLong(NMETHOD_KIND).putLong(2);
        out.putLong(0).putLong(0).putLong(0); // references
        out.putLong(HEAP).putLong(HEAP + HEAP_BYTES).putLong(SEGMAP).putInt(SEGMENT_BITS);
        out.position(13 * Long.BYTES + 8 * 32);
        out.putInt(1).putInt(FLAGS).putInt(0).putInt(THREAD_MODULE).putInt(THREAD_OFFSET);
        shorts(out, HEADER_BYTES, 4, BLOB_BYTES, BLOB_BYTES, KIND, SIZE, CODE, FRAME_SIZE, FRAME_COMPLETE);
        shorts(out, METHOD, 40, 44, NO_FIELD, 48, 0, 0, 0, 0, 0, 0);
        shorts(out, THREAD_ENTRY, THREAD_STACK_BASE);
        short[] rest = new short[out.remaining() / Short.BYTES];
        Arrays.fill(rest, NO_FIELD);
        out.asShortBuffer().put(rest);
        return out.array();
    }

    private static void shorts(ByteBuffer out, int... values) {
        for (int value : values) {
            out.putShort((short) value);
        }
    }

    /** Where native code can read it. */
    private static MemorySegment copy(byte[] bytes) {
        return Arena.ofAuto().allocate(bytes.length, Long.BYTES).copyFrom(MemorySegment.ofArray(bytes));
    }
}
