package dev.sonde.server.web;

import com.linecorp.armeria.common.QueryParams;
import dev.sonde.model.Selector;
import dev.sonde.model.SelectorException;
import dev.sonde.model.TimeParser;
import dev.sonde.model.TimeRange;
import dev.sonde.server.web.refusal.BadRequestException;
import dev.sonde.server.web.refusal.BadRequestException.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;

/** The parameters of a question, read strictly: a misspelt one is refused, never ignored. */
final class Parameters {

    private static final int MAX_QUOTED_LENGTH = 200;

    private final QueryParams params;

    private Parameters(QueryParams params) {
        this.params = params;
    }

    /**
     * The parameters of a request.
     *
     * @param known the names that there are; each may be given once
     */
    static Parameters of(QueryParams params, String... known) throws BadRequestException {
        List<String> names = Arrays.asList(known);
        for (String name : new TreeSet<>(params.names())) {
            if (!names.contains(name)) {
                throw refused(
                        "parameter '" + quoted(name) + "' is not known (expected: " + String.join(", ", known) + ")");
            }
            if (params.getAll(name).size() > 1) {
                throw refused(name + ": given " + params.getAll(name).size() + " times (expected: once)");
            }
        }
        return new Parameters(params);
    }

    /** Whether a parameter was given. */
    boolean has(String name) {
        return params.contains(name);
    }

    /** A parameter's text, or the default. */
    String text(String name, String defaultValue) {
        return params.get(name, defaultValue);
    }

    /** The selector in {@code query}, which must be there. */
    Selector selector() throws BadRequestException, SelectorException {
        String text = params.get("query");
        if (text == null) {
            throw refused("query: missing (expected: a selector such as cpu{service=\"api\"})");
        }
        return Selector.parse(text);
    }

    /** The range of {@code from} and {@code to}; to is now where not given. */
    TimeRange range(String defaultFrom, Instant now) throws BadRequestException {
        long from = time("from", defaultFrom, now);
        long to = time("to", "now", now);
        if (from >= to) {
            throw refused("from: " + quoted(text("from", defaultFrom)) + " is not before to: "
                    + quoted(text("to", "now")) + " (expected: from earlier than to)");
        }
        return new TimeRange(from, to);
    }

    private long time(String name, String defaultValue, Instant now) throws BadRequestException {
        String text = text(name, defaultValue);
        try {
            return TimeParser.parseNanos(text, now);
        } catch (IllegalArgumentException e) {
            throw refused(
                    name + ": '" + quoted(text) + "' (expected: now, -1h, 2026-01-31T12:00:00Z, or Unix seconds)");
        }
    }

    /** A whole number within bounds, or the default. */
    int integer(String name, int defaultValue, int min, int max) throws BadRequestException {
        String text = params.get(name);
        if (text == null) {
            return defaultValue;
        }
        try {
            int value = Integer.parseInt(text.trim());
            if (value >= min && value <= max) {
                return value;
            }
        } catch (NumberFormatException e) {
            throw refused(integerMessage(name, text, min, max));
        }
        throw refused(integerMessage(name, text, min, max));
    }

    private static String integerMessage(String name, String text, int min, int max) {
        return name + ": '" + quoted(text) + "' (expected: a whole number from " + min + " to " + max + ")";
    }

    /** A share from 0 (inclusive) to 1 (exclusive), or the default. */
    double share(String name, double defaultValue) throws BadRequestException {
        String text = params.get(name);
        if (text == null) {
            return defaultValue;
        }
        try {
            double value = Double.parseDouble(text.trim());
            if (value >= 0 && value < 1) {
                return value;
            }
        } catch (NumberFormatException e) {
            throw refused(shareMessage(name, text));
        }
        throw refused(shareMessage(name, text));
    }

    private static String shareMessage(String name, String text) {
        return name + ": '" + quoted(text) + "' (expected: a share such as 0.005, from 0 to below 1)";
    }

    /** A length of time within bounds, as {@code 15s}, {@code 5m} or a number of seconds; or the default. */
    Duration duration(String name, Duration defaultValue, Duration min, Duration max) throws BadRequestException {
        String text = params.get(name);
        if (text == null) {
            return defaultValue;
        }
        Duration value = null;
        try {
            String trimmed = text.trim();
            boolean bare = !trimmed.isEmpty() && Character.isDigit(trimmed.charAt(trimmed.length() - 1));
            value = TimeParser.parseDuration(bare ? trimmed + "s" : trimmed);
        } catch (IllegalArgumentException e) {
            // Refused below, with the bounds.
        }
        if (value == null || value.compareTo(min) < 0 || value.compareTo(max) > 0) {
            throw refused(name + ": '" + quoted(text) + "' (expected: " + min.toSeconds() + "s to " + max.toSeconds()
                    + "s, such as 15s or 5m)");
        }
        return value;
    }

    /** One of some words; the first is the default. */
    String choice(String name, String... words) throws BadRequestException {
        String text = text(name, words[0]);
        if (!Arrays.asList(words).contains(text)) {
            throw refused(name + ": '" + quoted(text) + "' (expected: " + String.join(" or ", words) + ")");
        }
        return text;
    }

    static BadRequestException refused(String message) {
        return new BadRequestException(Reason.PARAMETER, message);
    }

    static String quoted(String text) {
        return text.length() <= MAX_QUOTED_LENGTH ? text : text.substring(0, MAX_QUOTED_LENGTH) + "...";
    }
}
