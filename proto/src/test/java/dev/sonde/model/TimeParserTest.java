package dev.sonde.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimeParserTest {

    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

    @ParameterizedTest
    @CsvSource({
        "now,2026-11-21T12:00:00Z",
        "-90s,2026-11-21T11:58:30Z",
        "-15m,2026-11-21T11:45:00Z",
        "-1h,2026-11-21T11:00:00Z",
        "-7d,2026-11-14T12:00:00Z",
        "2026-01-31T12:00:00Z,2026-01-31T12:00:00Z",
        "2026-01-31T12:00:00.5+02:00,2026-01-31T10:00:00.5Z",
        "1700000000,2023-11-14T22:13:20Z",
        "1700000000.25,2023-11-14T22:13:20.25Z",
    })
    void readsEveryForm(String text, String expected) {
        Instant instant = Instant.parse(expected);

        assertThat(TimeParser.parseNanos(text, NOW))
                .isEqualTo(instant.getEpochSecond() * 1_000_000_000L + instant.getNano());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "-",
                "-1",
                "-1y",
                "-h",
                "--1h",
                "yesterday",
                "1e999999999",
                "99999999999999999999",
                "12:00",
                "T"
            })
    void refusesEverythingElse(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TimeParser.parseNanos(text, NOW))
                .withMessageContaining("expected");
    }
}
