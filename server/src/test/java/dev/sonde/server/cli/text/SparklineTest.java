package dev.sonde.server.cli.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class SparklineTest {

    @Test
    void valuesAreLevelsAndLittleIsMoreThanNothing() {
        assertThat(Sparkline.forCharset(StandardCharsets.UTF_8).draw(new long[] {0, 1, 50, 100}))
                .isEqualTo(" ▁▄█");
        assertThat(Sparkline.forCharset(StandardCharsets.US_ASCII).draw(new long[] {0, 1, 50, 100}))
                .isEqualTo(" .=@");
        assertThat(Sparkline.forCharset(StandardCharsets.UTF_8).draw(new long[2]))
                .isEqualTo("  ");
        assertThat(Sparkline.forCharset(StandardCharsets.UTF_8).draw(new long[] {Long.MAX_VALUE}))
                .isEqualTo("█");
    }

    @Test
    void quantitiesSuitTheLargest() {
        assertThat(Quantity.of("nanoseconds", 2_290_000_000L).format(1_820_000_000L))
                .isEqualTo("1.82s");
        assertThat(Quantity.of("nanoseconds", 7).format(3)).isEqualTo("3ns");
        assertThat(Quantity.of("bytes", 3 << 20).format(1 << 19)).isEqualTo("0.50MB");
        assertThat(Quantity.of("count", 10_000_000).format(1234)).isEqualTo("1234");
        assertThat(Quantity.of("pages", 5).format(5)).isEqualTo("5 pages");
    }
}
