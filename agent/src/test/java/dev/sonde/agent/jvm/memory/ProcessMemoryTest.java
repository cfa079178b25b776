package dev.sonde.agent.jvm.memory;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sonde.agent.fixture.OwnMemory;
import dev.sonde.agent.jvm.memory.ProcessReadException.Reason;
import dev.sonde.agent.kernel.ffi.FfmLibc;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** This process reads itself as it would another. */
class ProcessMemoryTest {

    private static final int PAGES = 40;
    private static final int PAGE = 4096;

    private final OwnMemory own = new OwnMemory(PAGES);
    private final ProcessMemory memory =
            ProcessMemory.of(new FfmLibc(), (int) ProcessHandle.current().pid());
    private final byte[] content = new byte[PAGES * PAGE];

    ProcessMemoryTest() {
        new Random(1).nextBytes(content);
        MemorySegment.copy(content, 0, own.segment(), JAVA_BYTE, 0, content.length);
    }

    @AfterEach
    void close() {
        memory.close();
        own.close();
    }

    @Test
    void longRunsComeInChunks() throws Exception {
        byte[] read = new byte[content.length + 2];
        memory.read(own.address(), read, 1, content.length);
        assertThat(Arrays.copyOfRange(read, 1, read.length - 1)).isEqualTo(content);
        assertThat(read[0]).isZero();
        assertThat(read[read.length - 1]).isZero();
        assertThat(memory.calls()).isEqualTo(3);
    }

    @Test
    void aSegmentIsFilledByOneCall() throws Exception {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment into = arena.allocate(content.length);
            memory.read(own.address(), into);
            assertThat(into.toArray(JAVA_BYTE)).isEqualTo(content);
            assertThat(memory.calls()).isEqualTo(1);
        }
    }

    @Test
    void readingEndsWhereNothingIsMapped() throws Exception {
        byte[] read = new byte[3 * PAGE];
        assertThat(memory.readUpTo(own.end() - 100, read, 0, read.length)).isEqualTo(100);
        assertThat(memory.readUpTo(own.end(), read, 0, read.length)).isZero();
        assertThatExceptionOfType(ProcessReadException.class)
                .isThrownBy(() -> memory.read(own.end() - 100, read, 0, 101))
                .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.UNMAPPED))
                .withMessageContaining(Long.toHexString(own.end()));
    }

    @Test
    void aProcessThatEndedIsGone() throws Exception {
        Process child = new ProcessBuilder("true").start();
        child.waitFor();
        try (ProcessMemory dead = ProcessMemory.of(new FfmLibc(), (int) child.pid())) {
            assertThatExceptionOfType(ProcessReadException.class)
                    .isThrownBy(() -> dead.read(own.address(), new byte[8], 0, 8))
                    .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.GONE));
        }
    }

    @Test
    void addressesOfTheKernelAndThoseThatWrapAreUnmapped() throws Exception {
        assertThat(memory.readUpTo(0xffff_ffff_ffff_f000L, new byte[8], 0, 8)).isZero();
        assertThat(memory.readUpTo(-4, new byte[8], 0, 8)).isZero();
        assertThat(memory.readUpTo(0, new byte[8], 0, 8)).isZero();
    }

    @Test
    void pagesThatWillBeAskedForAreReadTogether() throws Exception {
        own.punch(7);
        MemoryPages pages = new MemoryPages(memory, 256);
        long[] addresses = new long[PAGES + 2];
        for (int page = 0; page < PAGES; page++) {
            addresses[page] = own.address() + (long) page * PAGE + 8;
        }
        addresses[PAGES] = own.address() + 16;
        addresses[PAGES + 1] = -4096;
        pages.prefetch(addresses, addresses.length);
        // 41 pages by sixteen, and one call more behind each of the two that are not there.
        assertThat(memory.calls()).isLessThanOrEqualTo(5);
        long before = memory.calls();
        for (int page = 0; page < PAGES; page++) {
            if (page != 7) {
                assertThat(pages.i64(addresses[page])).isEqualTo(own.segment().get(JAVA_LONG, (long) page * PAGE + 8));
            }
        }
        assertThat(memory.calls()).isEqualTo(before);
        assertThatExceptionOfType(ProcessReadException.class).isThrownBy(() -> pages.i64(addresses[7]));
    }

    @Test
    void pagesAreReadOnceARound() throws Exception {
        MemoryPages pages = new MemoryPages(memory, 8);
        MemorySegment segment = own.segment();
        for (int offset : new int[] {0, 5, PAGE - 8, PAGE - 7, PAGE - 1, 3 * PAGE - 3}) {
            long at = own.address() + offset;
            long expected = segment.get(JAVA_LONG.withByteAlignment(1), offset);
            assertThat(pages.i64(at)).isEqualTo(expected);
            assertThat(pages.i32(at)).isEqualTo((int) expected);
            assertThat(pages.u32(at)).isEqualTo(expected & 0xffff_ffffL);
            assertThat(pages.u16(at)).isEqualTo((int) expected & 0xffff);
            assertThat(pages.u8(at)).isEqualTo((int) expected & 0xff);
        }
        assertThat(memory.calls()).isEqualTo(4);
        segment.set(JAVA_LONG, 0, 4711);
        assertThat(pages.i64(own.address())).isNotEqualTo(4711);
        pages.refresh();
        assertThat(pages.i64(own.address())).isEqualTo(4711);
    }

    @Test
    void pagesEndWhereNothingIsMapped() throws Exception {
        MemoryPages pages = new MemoryPages(memory, 8);
        assertThat(pages.u8(own.end() - 1)).isEqualTo(content[content.length - 1] & 0xff);
        assertThatExceptionOfType(ProcessReadException.class).isThrownBy(() -> pages.i64(own.end() - 1));
        assertThatExceptionOfType(ProcessReadException.class).isThrownBy(() -> pages.i64(own.end() - 1));
        byte[] all = new byte[content.length];
        pages.read(own.address(), all, 0, all.length);
        assertThat(all).isEqualTo(content);
    }

    @Test
    void textEndsAtItsZeroOrFails() throws Exception {
        MemoryPages pages = new MemoryPages(memory, 8);
        own.segment().setString(PAGE - 3, "across");
        assertThat(pages.text(own.address() + PAGE - 3, 7)).isEqualTo("across");
        assertThatExceptionOfType(ProcessReadException.class)
                .isThrownBy(() -> pages.text(own.address() + PAGE - 3, 6))
                .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.IMPLAUSIBLE));
    }
}
