package dev.sonde.agent.jvm.names;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sonde.agent.fixture.OwnMemory;
import dev.sonde.agent.jvm.memory.MemoryPages;
import dev.sonde.agent.jvm.memory.ProcessMemory;
import dev.sonde.agent.jvm.memory.ProcessReadException;
import dev.sonde.agent.kernel.ffi.FfmLibc;
import java.lang.foreign.MemorySegment;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class LineNumbersTest {

    /** Shared by two engines, Jupiter and jqwik, and so left open. */
    private static final OwnMemory OWN = new OwnMemory(2);

    private static final ProcessMemory MEMORY =
            ProcessMemory.of(new FfmLibc(), (int) ProcessHandle.current().pid());

    /** (0, 10), (4, 12), (9, 11) escaped, then the end. */
    private static final byte[] TABLE = {
        (byte) 0xff, 0x01, 0x15, 4 << 3 | 2, (byte) 0xff, 0x0b, 0x02, 0,
    };

    @Test
    void theEntryAtOrBeforeTells() throws Exception {
        assertThat(line(TABLE, 0)).isEqualTo(10);
        assertThat(line(TABLE, 3)).isEqualTo(10);
        assertThat(line(TABLE, 4)).isEqualTo(12);
        assertThat(line(TABLE, 8)).isEqualTo(12);
        assertThat(line(TABLE, 9)).isEqualTo(11);
        assertThat(line(TABLE, 65_535)).isEqualTo(11);
        assertThat(line(new byte[] {0}, 5)).as("an empty table").isZero();
    }

    @Test
    void aTableWithoutEndIsRefused() {
        byte[] cut = {4 << 3 | 2, 4 << 3 | 2};
        assertThatExceptionOfType(ProcessReadException.class).isThrownBy(() -> line(cut, 60));
    }

    @Property(tries = 2000)
    void damagedTablesGiveALineOrARefusal(
            @ForAll @Size(min = 1, max = 200) byte[] bytes, @ForAll @IntRange(max = 65_535) int bci) {
        try {
            assertThat(line(bytes, bci)).isNotNegative();
        } catch (ProcessReadException e) {
            assertThat(e.reason()).isEqualTo(ProcessReadException.Reason.IMPLAUSIBLE);
        }
    }

    private static int line(byte[] table, int bci) throws ProcessReadException {
        long at = OWN.end() - table.length;
        MemorySegment.copy(table, 0, OWN.segment(), JAVA_BYTE, at - OWN.address(), table.length);
        return new LineNumbers(new MemoryPages(MEMORY, 2), true).line(at, OWN.end(), bci);
    }
}
