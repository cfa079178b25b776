package dev.sonde.agent.cli;

import java.time.Duration;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Durations as flags write them: {@code 500ms}, {@code 10s}, {@code 5m}, {@code 1h}. */
final class DurationConverter implements ITypeConverter<Duration> {

    /** Longer is an agent's work, not a recording's. */
    private static final Duration LONGEST = Duration.ofHours(24);

    @Override
    public Duration convert(String text) {
        int digits = 0;
        // 9 digits of the smallest unit are 11 days: no number of a valid duration has more.
        while (digits < text.length() && digits < 9 && text.charAt(digits) >= '0' && text.charAt(digits) <= '9') {
            digits++;
        }
        if (digits == 0) {
            throw refused(text);
        }
        long number = Long.parseLong(text, 0, digits, 10);
        Duration duration = switch (text.substring(digits)) {
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            case "h" -> Duration.ofHours(number);
            default -> throw refused(text);
        };
        if (duration.isZero() || duration.compareTo(LONGEST) > 0) {
            throw refused(text);
        }
        return duration;
    }

    private static TypeConversionException refused(String text) {
        return new TypeConversionException("'" + text + "' (expected: 1ms to 24h, as in 500ms, 10s, 5m, 1h)");
    }
}
