package dev.sonde.agent.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HeapGrowthTest {

    private static final long MIB = 1 << 20;

    private long heap = 10 * MIB;
    private int collections;
    private final HeapGrowth growth = new HeapGrowth(
            () -> heap,
            () -> {
                collections++;
                heap = 12 * MIB;
            },
            0);

    @Test
    void whatGrewIsCollectedOnce() {
        heap = 40 * MIB;
        growth.look(HeapGrowth.INTERVAL_NANOS);
        assertThat(collections).isEqualTo(1);
        growth.look(2 * HeapGrowth.INTERVAL_NANOS);
        assertThat(collections).isEqualTo(1);
        heap = 12 * MIB + HeapGrowth.WORTH_BYTES;
        growth.look(3 * HeapGrowth.INTERVAL_NANOS);
        assertThat(collections).isEqualTo(2);
    }

    @Test
    void littleGrowthIsLeftAloneAndNoneIsLookedAtEarly() {
        heap = 40 * MIB;
        growth.look(HeapGrowth.INTERVAL_NANOS - 1);
        heap = 17 * MIB;
        growth.look(HeapGrowth.INTERVAL_NANOS);
        assertThat(collections).isZero();
    }

    @Test
    void lessIsWorthACollectionWhenThereWasNoneForLong() {
        heap = 10 * MIB + HeapGrowth.LATE_WORTH_BYTES;
        growth.look(HeapGrowth.LATE_NANOS - 1);
        assertThat(collections).isZero();
        growth.look(HeapGrowth.LATE_NANOS + HeapGrowth.INTERVAL_NANOS);
        assertThat(collections).isEqualTo(1);
        heap = 12 * MIB + HeapGrowth.LATE_WORTH_BYTES;
        growth.look(HeapGrowth.LATE_NANOS + 2 * HeapGrowth.INTERVAL_NANOS);
        assertThat(collections).isEqualTo(1);
        heap = 12 * MIB + HeapGrowth.LATE_WORTH_BYTES - 1;
        growth.look(3 * HeapGrowth.LATE_NANOS);
        assertThat(collections).isEqualTo(1);
    }
}
