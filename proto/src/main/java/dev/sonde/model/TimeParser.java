package dev.sonde.model;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Locale;

/** Reads the points in time of queries: {@code now}, {@code -1h}, RFC 3339, or Unix seconds with a fraction. */
public final class TimeParser {

    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private TimeParser() {}

    /**
     * The instant in Unix nanoseconds.
     *
     * @param now what {@code now} and the relative times mean
     * @throws IllegalArgumentException when the text is none of the forms
     */
    public static long parseNanos(String text, Instant now) {
        String trimmed = text.trim();
        try {
            if (trimmed.equals("now")) {
                return toNanos(now);
            }
            if (trimmed.startsWith("-")) {
                return toNanos(now.minus(parseDuration(trimmed.substring(1))));
            }
            if (trimmed.indexOf('T') > 0 || trimmed.indexOf('t') > 0) {
                return toNanos(
                        OffsetDateTime.parse(trimmed.toUpperCase(Locale.ROOT)).toInstant());
            }
            if (trimmed.length() <= 32) {
                return new BigDecimal(trimmed)
                        .multiply(BigDecimal.valueOf(NANOS_PER_SECOND))
                        .toBigInteger()
                        .longValueExact();
            }
        } catch (DateTimeException | ArithmeticException | IllegalArgumentException e) {
            throw refused(text, e);
        }
        throw refused(text, null);
    }

    /**
     * A length of time such as {@code 90s}, {@code 15m}, {@code 1h} or {@code 7d}.
     *
     * @throws IllegalArgumentException when it is not one
     */
    public static Duration parseDuration(String text) {
        int unitAt = text.length() - 1;
        try {
            long count = Long.parseLong(text.substring(0, Math.max(unitAt, 0)));
            if (count >= 0) {
                return switch (text.charAt(unitAt)) {
                    case 's' -> Duration.ofSeconds(count);
                    case 'm' -> Duration.ofMinutes(count);
                    case 'h' -> Duration.ofHours(count);
                    case 'd' -> Duration.ofDays(count);
                    default -> throw new NumberFormatException(text);
                };
            }
        } catch (NumberFormatException | ArithmeticException e) {
            throw new IllegalArgumentException(durationMessage(text), e);
        }
        throw new IllegalArgumentException(durationMessage(text));
    }

    private static String durationMessage(String text) {
        return "duration: '" + text + "' (expected: a number with s, m, h or d, such as 15m)";
    }

    private static long toNanos(Instant instant) {
        return Math.addExact(Math.multiplyExact(instant.getEpochSecond(), NANOS_PER_SECOND), instant.getNano());
    }

    private static IllegalArgumentException refused(String text, Exception cause) {
        return new IllegalArgumentException(
                "time: '" + text + "' (expected: now, -1h, 2026-01-31T12:00:00Z, or Unix seconds)", cause);
    }
}
