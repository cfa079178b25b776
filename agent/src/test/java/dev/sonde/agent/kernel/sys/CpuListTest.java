package dev.sonde.agent.kernel.sys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CpuListTest {
    @Test
    void numbersAndRanges() throws IOException {
        assertThat(CpuList.parse("0").stream()).containsExactly(0);
        assertThat(CpuList.parse("0-3,8,10-11").stream()).containsExactly(0, 1, 2, 3, 8, 10, 11);
        assertThat(CpuList.parse("0-8191").cardinality()).isEqualTo(8192);
    }

    @Test
    void thisMachine() throws IOException {
        IntStream online = CpuList.read(CpuList.ONLINE).stream();
        assertThat(online.count()).isGreaterThanOrEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ",", "a", "-1", "3-1", "0-", "0--1", "0-99999999", "1 2", "99999999999999999999"})
    void anythingElseIsRefusedWithItsText(String text) {
        assertThatThrownBy(() -> CpuList.parse(text))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("\"" + text + "\" (expected: numbers and ranges");
    }
}
