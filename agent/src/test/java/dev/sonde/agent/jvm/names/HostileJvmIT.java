package dev.sonde.agent.jvm.names;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sonde.agent.fixture.MappedCode;
import dev.sonde.agent.fixture.OverlaidLibc;
import dev.sonde.agent.jvm.code.BlobList;
import dev.sonde.agent.jvm.code.CodeBlob;
import dev.sonde.agent.jvm.code.CodeHeap;
import dev.sonde.agent.jvm.layout.LibJvm;
import dev.sonde.agent.jvm.layout.VmLayout;
import dev.sonde.agent.jvm.layout.VmLayoutException;
import dev.sonde.agent.jvm.memory.ProcessMemory;
import dev.sonde.agent.jvm.memory.ProcessReadException;
import dev.sonde.agent.kernel.code.FrameWord;
import dev.sonde.agent.kernel.ffi.FfmLibc;
import dev.sonde.agent.kernel.ffi.Libc;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whatever a JVM's memory holds, reading it ends, with names or a typed refusal. The JVM is this test's own. */
@Timeout(300)
class HostileJvmIT {

    /** A round reads and names for milliseconds; a decoder that runs away makes millions of calls. */
    private static final long MAX_CALLS_A_ROUND = 200_000;

    private static final int PID = (int) ProcessHandle.current().pid();
    private static final long COMPILED = (long) FrameWord.COMPILED << 56;
    private static final long INTERPRETED = (long) FrameWord.INTERPRETED << 56;

    private static LibJvm libjvm;
    private static VmLayout layout;
    private static List<CodeBlob> blobs;

    @BeforeAll
    static void readTruth() throws IOException {
        libjvm = MappedCode.libJvm(PID);
        try (ProcessMemory memory = ProcessMemory.of(new FfmLibc(), PID)) {
            layout = VmLayout.read(libjvm, memory);
            blobs = new BlobList(layout, memory).read();
        }
        assertThat(blobs).hasSizeGreaterThan(300);
    }

    @Test
    void damagedTablesMakeALayoutOrARefusal() throws IOException {
        int made = 0;
        int refused = 0;
        for (int seed = 0; seed < 120; seed++) {
            // From a byte in a hundred to one in a hundred thousand.
            Libc libc = DamagedLibc.of(seed, 100 << (seed % 11));
            try (ProcessMemory memory = ProcessMemory.of(libc, PID)) {
                VmLayout read = VmLayout.read(libjvm, memory);
                made++;
                use(read, memory, new Random(seed));
            } catch (VmLayoutException | ProcessReadException e) {
                assertThat(e.getMessage()).isNotEmpty();
                refused++;
            }
        }
        assertThat(made).isPositive();
        assertThat(refused).isPositive();
    }

    @Test
    void damagedCodeAndMetadataMakeNamesOrRefusals() {
        int named = 0;
        for (int seed = 0; seed < 120; seed++) {
            Libc libc = DamagedLibc.of(seed, 100 << (seed % 11));
            try (ProcessMemory memory = ProcessMemory.of(libc, PID)) {
                named += use(layout, memory, new Random(seed));
            }
        }
        assertThat(named).isPositive();
    }

    @Test
    void wordsOfChanceMakeNamesOrRefusals() {
        try (ProcessMemory memory = ProcessMemory.of(new FfmLibc(), PID)) {
            JvmCode code = JvmCode.open(layout, memory);
            Random random = new Random(1);
            for (int i = 0; i < 20_000; i++) {
                CodeBlob blob = blobs.get(random.nextInt(blobs.size()));
                long near = blob.address() + random.nextInt(1 << 14);
                code.resolve(COMPILED | near, random.nextLong(), random.nextBoolean());
                code.resolve(INTERPRETED | near, near, false);
                code.resolve(INTERPRETED | (random.nextLong() >>> 17), random.nextLong() >>> 17, false);
                code.stub(near);
            }
            assertThat(memory.calls()).isLessThan(2_000_000);
        }
    }

    /** All that is reserved for code is said to be in use, and a block to begin at each segment. */
    @Test
    void aCodeCacheOfTooManyBlocksIsRefused() throws IOException {
        List<CodeHeap> heaps = heaps();
        Libc libc = OverlaidLibc.of((address, bytes) -> {
            boolean lie = false;
            for (CodeHeap heap : heaps) {
                long segmapEnd = heap.segmap() + ((heap.highBoundary() - heap.low()) >>> heap.log2SegmentSize());
                if (address >= heap.segmap() && address < segmapEnd) {
                    bytes.fill((byte) 0);
                    lie = true;
                } else if (heap.contains(address)) {
                    smallBlocks(address, bytes, 1L << heap.log2SegmentSize());
                    lie = true;
                } else {
                    useAll(address, bytes, heap);
                }
            }
            return lie;
        });
        try (ProcessMemory memory = ProcessMemory.of(libc, PID)) {
            BlobList list = new BlobList(layout, memory);
            long before = allocated();
            assertThatThrownBy(list::read)
                    .isInstanceOf(ProcessReadException.class)
                    .hasMessageContaining("blocks of code");
            assertThat(allocated() - before).isLessThan(512L << 20);
            assertThat(memory.calls()).isLessThan(MAX_CALLS_A_ROUND);
        }
    }

    private static List<CodeHeap> heaps() throws IOException {
        try (ProcessMemory memory = ProcessMemory.of(new FfmLibc(), PID)) {
            BlobList list = new BlobList(layout, memory);
            list.read(blob -> false);
            return list.heaps();
        }
    }

    /** Blocks of one segment each, not in use. */
    private static void smallBlocks(long address, MemorySegment bytes, long segment) {
        bytes.fill((byte) 0);
        int length = layout.codeHeap().blockLength().offset();
        for (long block = -address & (segment - 1); block + length < bytes.byteSize(); block += segment) {
            bytes.set(JAVA_BYTE, block + length, (byte) 1);
        }
    }

    /** Wherever the JVM says where a heap's used part ends, which moves meanwhile, it says that all is used. */
    private static void useAll(long address, MemorySegment bytes, CodeHeap heap) {
        for (long i = -address & 7; i + Long.BYTES <= bytes.byteSize(); i += Long.BYTES) {
            long word = bytes.get(JAVA_LONG_UNALIGNED, i);
            if (word > heap.low() && word < heap.highBoundary() && (word & Libc.PAGE_BYTES - 1) == 0) {
                bytes.set(JAVA_LONG_UNALIGNED, i, heap.highBoundary());
            }
        }
    }

    private static long allocated() {
        return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
    }

    /** Does with a JVM what the agent does; how many frames had names. */
    private static int use(VmLayout read, ProcessMemory memory, Random random) {
        long before = memory.calls();
        List<CodeBlob> listed = new ArrayList<>(blobs);
        try {
            listed.addAll(new BlobList(read, memory).read());
        } catch (ProcessReadException e) {
            assertThat(e.getMessage()).isNotEmpty();
        }
        JvmCode code = JvmCode.open(read, memory);
        int named = 0;
        for (int i = 0; i < 300; i++) {
            CodeBlob blob = listed.get(random.nextInt(listed.size()));
            code.beginRound();
            code.stub(blob.codeBegin());
            if (blob.nmethod() != null) {
                long pc = blob.codeBegin() + random.nextInt(64);
                JavaFrame compiled = code.resolve(COMPILED | pc, WarmJvm.identity(blob), random.nextBoolean());
                JavaFrame interpreted =
                        code.resolve(INTERPRETED | blob.nmethod().method(), 0, false);
                named += compiled instanceof JavaFrame.Named ? 1 : 0;
                named += interpreted instanceof JavaFrame.Named ? 1 : 0;
            }
        }
        assertThat(memory.calls() - before).isLessThan(MAX_CALLS_A_ROUND);
        assertThat(code.memoryBytes()).isLessThan(6 << 20);
        return named;
    }
}
