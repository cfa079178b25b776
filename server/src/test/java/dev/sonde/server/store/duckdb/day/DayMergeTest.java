package dev.sonde.server.store.duckdb.day;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sonde.server.store.StoreException;
import org.junit.jupiter.api.Test;

class DayMergeTest {

    @Test
    void aMergeThatDoesNotFitIsRefused() throws Exception {
        DayMerge.checkSize(2, 1000, 16_000);
        assertThatExceptionOfType(StoreException.class)
                .isThrownBy(() -> DayMerge.checkSize(32, 1 << 28, 1L << 30))
                .withMessageContaining("32 sample types x 268435456 stack nodes, 68719476736 bytes")
                .matches(e -> e.reason() == StoreException.Reason.FULL);
    }
}
