package dev.sonde.agent.kernel;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sonde.agent.kernel.ffi.FfmLibc;
import dev.sonde.agent.kernel.ffi.Libc;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The reader against memory as the kernel lays it out; the kernel itself writes it in SamplerIT. */
class RingBufferTest {
    private static final int BYTES = 4096;
    private static final int BUSY = 1 << 31;
    private static final int DISCARDED = 1 << 30;

    private final Arena arena = Arena.ofConfined();
    private final MemorySegment consumer = arena.allocate(Libc.PAGE_BYTES, 8);
    private final MemorySegment producer = arena.allocate(Libc.PAGE_BYTES + 2 * BYTES, 8);
    private final RingBuffer ring = new RingBuffer(new FfmLibc(), BYTES, consumer, producer);
    private final List<Integer> lengths = new ArrayList<>();
    private long written;

    @AfterEach
    void free() {
        arena.close();
    }

    /** As the kernel does: the header, then the length rounded up to 8; the data stand twice. */
    private void write(int header) {
        int length = header & ~(BUSY | DISCARDED);
        long at = written & (BYTES - 1);
        producer.set(JAVA_INT, Libc.PAGE_BYTES + at, header);
        producer.set(JAVA_INT, Libc.PAGE_BYTES + BYTES + at, header);
        written += (8 + length + 7) & -8;
        producer.set(JAVA_LONG, 0, written);
    }

    private int poll() {
        lengths.clear();
        return ring.poll((memory, start, bytes) -> lengths.add(bytes));
    }

    private long consumed() {
        return consumer.get(JAVA_LONG, 0);
    }

    @Test
    void anEmptyBufferHasNoRecords() {
        assertThat(poll()).isZero();
        assertThat(consumed()).isZero();
    }

    @Test
    void recordsComeInOrderAndTheirRoomIsFreed() {
        write(240);
        write(241);
        assertThat(poll()).isEqualTo(2);
        assertThat(lengths).containsExactly(240, 241);
        assertThat(consumed()).isEqualTo(written).isEqualTo(248 + 256);
    }

    @Test
    void discardedRecordsArePassedOver() {
        write(240 | DISCARDED);
        write(248);
        assertThat(poll()).isEqualTo(1);
        assertThat(lengths).containsExactly(248);
        assertThat(consumed()).isEqualTo(written);
    }

    @Test
    void aRecordThatIsStillWrittenEndsThePoll() {
        write(240);
        long before = written;
        write(240 | BUSY);
        assertThat(poll()).isEqualTo(1);
        assertThat(consumed()).isEqualTo(before);
        producer.set(JAVA_INT, Libc.PAGE_BYTES + before, 240);
        assertThat(poll()).isEqualTo(1);
        assertThat(consumed()).isEqualTo(written);
    }

    @Test
    void theEndOfTheDataIsNoEnd() {
        for (int i = 0; i < 100; i++) {
            write(1000);
            assertThat(poll()).as("record %d", i).isEqualTo(1);
        }
        assertThat(consumed()).isEqualTo(written).isGreaterThan(BYTES);
    }

    @Test
    void aHandlerThatThrowsDoesNotSeeTheRecordAgain() {
        write(240);
        write(248);
        assertThatThrownBy(() -> ring.poll((memory, start, bytes) -> {
                    throw new IllegalStateException("handler");
                }))
                .hasMessage("handler");
        assertThat(poll()).isEqualTo(1);
        assertThat(lengths).containsExactly(248);
    }
}
