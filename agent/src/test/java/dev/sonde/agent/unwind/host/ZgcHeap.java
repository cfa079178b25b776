package dev.sonde.agent.unwind.host;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * A heap of ZGC's with a Continuation and its chunk, which holds one frame, written by hand: the chunk's old and its new
 * place lie in two pieces of the heap, the Continuation in a third. Where fields are, is its own.
 */
final class ZgcHeap {

    private static final long BASE = 1L << 42;
    private static final int GRANULE_BITS = 21;
    static final long CONTINUATION = BASE + 0x1000;
    static final long VIRTUAL = CONTINUATION + 512;
    static final long OLD_PLACE = BASE + (1L << GRANULE_BITS) + 0x2000;
    static final long NEW_PLACE = BASE + (2L << GRANULE_BITS) + 0x3000;

    /** Bits of the four colours (gc/z/zAddress.hpp): good now, good for one generation only, good for none. */
    static final int GOOD = 13;

    static final int GOOD_FOR_OLD = 14;
    static final int GOOD_FOR_YOUNG = 15;
    static final int GOOD_FOR_NONE = 12;

    /** Without generations, parts of addresses: good now; good before objects were last moved. */
    static final long GOOD_VIEW = BASE;

    static final long WEAK_BAD_VIEW = 1L << 43;

    private static final long VARIABLES = 0x10_0000;
    private static final long UNTOUCHED = 0x20_0000;
    private static final int BAD_MASK = 0;
    private static final int SHIFT = 8;
    private static final int YOUNG_MASK = 16;
    private static final int OLD_MASK = 24;
    private static final int WEAK_BAD_MASK = 32;
    private static final int GOOD_MASK = 40;
    private static final int YOUNG_FORWARDINGS = 64;
    private static final int OLD_FORWARDINGS = 128;
    private static final int FORWARDING = 256;
    private static final int FORWARDING_BYTES = 32;
    private static final int MAX_ENTRIES = 64;

    private static final int TAIL = 16;
    private static final int VIRTUAL_THREAD = 512;
    private static final int CONTINUATION_OF_THREAD = 24;
    private static final int THREAD_VIRTUAL = 8;

    /** Among the variables: the thread's own storage, its vector, libjvm's part, the JavaThread, its OopHandle. */
    private static final int FS_BASE = 1024;

    private static final int VECTOR = 1104;
    private static final int STORAGE = 1280;
    private static final int THREAD = 1536;
    private static final int HANDLE = 1792;
    private static final int CHUNK_PARENT = 24;
    private static final int CHUNK_SP = 36;
    private static final int CHUNK_BOTTOM = 40;
    private static final int CHUNK_PC = 48;
    private static final int CHUNK_STACK = 56;

    /** KIND_IS_BYTE, CODE_IS_OFFSET, DEOPT_IS_OFFSET, COLOURED_OOPS. */
    private static final int FLAGS = 7 | 32;

    private final boolean generations;
    private final MemorySegment variables = page();
    private final MemorySegment continuation = page();
    private final MemorySegment chunk = page();
    private long chunkPlace = OLD_PLACE;
    private long tables = VARIABLES;

    /** @param generations whether it is the ZGC with generations */
    ZgcHeap(boolean generations) {
        this.generations = generations;
        if (generations) {
            variables.set(JAVA_LONG, BAD_MASK, 0xf000 ^ (1L << GOOD));
            variables.set(JAVA_LONG, SHIFT, GOOD + 1);
            variables.set(JAVA_LONG, YOUNG_MASK, (1L << GOOD) | (1L << GOOD_FOR_YOUNG));
            variables.set(JAVA_LONG, OLD_MASK, (1L << GOOD) | (1L << GOOD_FOR_OLD));
        } else {
            variables.set(JAVA_LONG, BAD_MASK, WEAK_BAD_VIEW | (1L << 44));
            variables.set(JAVA_LONG, WEAK_BAD_MASK, WEAK_BAD_VIEW);
            variables.set(JAVA_LONG, GOOD_MASK, GOOD_VIEW);
        }
    }

    /** A reference with a colour. */
    static long reference(long address, int colour) {
        return (address << (colour + 1)) | (1L << colour);
    }

    /** One without generations. */
    static long reference(long address, long view) {
        return (address - BASE) | view;
    }

    /** What the Continuation refers to as its newest chunk. */
    ZgcHeap tail(long reference) {
        continuation.set(JAVA_LONG, TAIL, reference);
        return this;
    }

    /** The thread at hand runs a virtual one, which has a Continuation. */
    ZgcHeap thread(long ofVirtual, long ofContinuation) {
        variables.set(JAVA_LONG, FS_BASE + Long.BYTES, VARIABLES + VECTOR);
        variables.set(JAVA_LONG, VECTOR + 16L * SmallJvm.THREAD_MODULE, VARIABLES + STORAGE);
        variables.set(JAVA_LONG, STORAGE + SmallJvm.THREAD_OFFSET, VARIABLES + THREAD);
        variables.set(JAVA_LONG, THREAD + THREAD_VIRTUAL, VARIABLES + HANDLE);
        variables.set(JAVA_LONG, HANDLE, ofVirtual);
        continuation.set(JAVA_LONG, VIRTUAL_THREAD + CONTINUATION_OF_THREAD, ofContinuation);
        return this;
    }

    /** The chunk's frame, of an address. */
    ZgcHeap chunk(long pc, int frameWords) {
        chunk.set(JAVA_INT, CHUNK_SP, 2);
        chunk.set(JAVA_INT, CHUNK_BOTTOM, 2 + frameWords);
        chunk.set(JAVA_LONG, CHUNK_PC, pc);
        return this;
    }

    /** The chunk lies at its new place, and nothing can be read at the old one. */
    ZgcHeap moved() {
        chunkPlace = NEW_PLACE;
        return this;
    }

    /** Nobody has looked into the forwarding tables yet: they have no memory. */
    ZgcHeap untouched() {
        tables = UNTOUCHED;
        return this;
    }

    /** Objects are moved out of the piece of an address: the forwarding without an entry. */
    ZgcHeap forwarding(boolean young, long address, int entries) {
        long piece = (address - BASE) >> GRANULE_BITS;
        variables.set(
                JAVA_LONG, (young ? YOUNG_FORWARDINGS : OLD_FORWARDINGS) + piece * Long.BYTES, VARIABLES + FORWARDING);
        variables.set(JAVA_LONG, FORWARDING, piece << GRANULE_BITS);
        variables.set(JAVA_LONG, FORWARDING + 8, 3);
        variables.set(JAVA_LONG, FORWARDING + 16, entries);
        return this;
    }

    /** An entry of it, as many behind the first where it would be as there are probes before it. */
    ZgcHeap entry(long from, long to, int entries, int probes) {
        long index = ((from - BASE) & ((1L << GRANULE_BITS) - 1)) >> 3;
        int at = (hash((int) index) + probes) & (entries - 1);
        long entry = (index << 46) | ((to - BASE) << 1) | 1;
        variables.set(JAVA_LONG, FORWARDING + FORWARDING_BYTES + (long) at * Long.BYTES, entry);
        return this;
    }

    /** Every entry is of another object. */
    ZgcHeap otherEntries(int entries) {
        for (int i = 0; i < Math.min(entries, MAX_ENTRIES); i++) {
            variables.set(JAVA_LONG, FORWARDING + FORWARDING_BYTES + (long) i * Long.BYTES, ((long) i << 46) | 1);
        }
        return this;
    }

    /** ZHash::uint32_to_uint32 (gc/z/zHash.inline.hpp). */
    private static int hash(int index) {
        int key = ~index + (index << 15);
        key ^= key >>> 12;
        key += key << 2;
        key ^= key >>> 4;
        key *= 2057;
        return key ^ key >>> 16;
    }

    /** Where the thread's own storage begins. */
    static long fsBase() {
        return VARIABLES + FS_BASE;
    }

    List<HostMemory> memory() {
        List<HostMemory> memory = new ArrayList<>();
        memory.add(new HostMemory(VARIABLES, variables));
        memory.add(new HostMemory(CONTINUATION, continuation));
        memory.add(new HostMemory(chunkPlace, chunk));
        return memory;
    }

    /** Says in a {@code struct sonde_jvm} where all of it is; SharedNumbersTest has the same places. */
    void describe(ByteBuffer jvm) {
        jvm.putLong(88, VARIABLES + BAD_MASK).putLong(96, generations ? VARIABLES + SHIFT : 0);
        jvm.putInt(364, FLAGS);
        fields(jvm, 424, 16, TAIL, CHUNK_PARENT, 32, CHUNK_SP, CHUNK_BOTTOM, CHUNK_PC, CHUNK_STACK);
        jvm.putLong(464, BASE - 1).putLong(472, tables + YOUNG_FORWARDINGS);
        jvm.putLong(480, generations ? tables + OLD_FORWARDINGS : 0);
        jvm.putLong(488, VARIABLES + YOUNG_MASK).putLong(496, VARIABLES + OLD_MASK);
        jvm.putLong(504, VARIABLES + WEAK_BAD_MASK).putLong(512, VARIABLES + GOOD_MASK);
        jvm.putInt(520, GRANULE_BITS);
        fields(jvm, 444, THREAD_VIRTUAL);
        fields(jvm, 524, CONTINUATION_OF_THREAD, 0, 8, 16, FORWARDING_BYTES);
    }

    private static void fields(ByteBuffer jvm, int at, int... values) {
        for (int i = 0; i < values.length; i++) {
            jvm.putShort(at + i * Short.BYTES, (short) values[i]);
        }
    }

    private static MemorySegment page() {
        return Arena.ofAuto().allocate(4096, Long.BYTES);
    }
}
