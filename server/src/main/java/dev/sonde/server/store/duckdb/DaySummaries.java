package dev.sonde.server.store.duckdb;

import dev.sonde.model.Labels;
import dev.sonde.server.store.duckdb.day.DayTypes;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What whole days hold, so that types and labels are told without opening them: kept when a question has found it, and
 * forgotten when the day is written to. Bounded by estimated bytes; the least recently asked for go first.
 */
final class DaySummaries {

    /** A name or value with its objects; those of labels are a few dozen characters. */
    private static final int BYTES_PER_LABEL = 192;

    private static final int BYTES_PER_SHAPE = 2048;

    /** No day takes more than this share, so that one with very many labels does not drive all others out. */
    private static final int DAY_SHARE = 8;

    private final long maxBytes;
    private final LinkedHashMap<LocalDate, Summary> summaries = new LinkedHashMap<>(16, 0.75f, true);
    private long bytes;

    /** What is known of one day. */
    static final class Summary {
        private final LocalDate date;
        private final Map<String, Optional<List<Labels>>> labels = new HashMap<>();
        private DayTypes types;
        private long bytes;

        private Summary(LocalDate date) {
            this.date = date;
        }
    }

    DaySummaries(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** The day's types, or null when they are not known. */
    synchronized DayTypes types(LocalDate date) {
        Summary summary = summaries.get(date);
        return summary == null ? null : summary.types;
    }

    /**
     * The distinct label sets of the samples of one profile type, empty when they are too many to be kept; null when
     * nothing is known of them.
     */
    synchronized Optional<List<Labels>> labels(LocalDate date, String type) {
        Summary summary = summaries.get(date);
        return summary == null ? null : summary.labels.get(type);
    }

    /** Begins to look at a day; what is found is kept only if the day was not written to since this call. */
    synchronized Summary begin(LocalDate date) {
        return summaries.computeIfAbsent(date, Summary::new);
    }

    synchronized void keep(Summary summary, DayTypes types) {
        if (summary.types == null && charge(summary, (long) types.shapes().size() * BYTES_PER_SHAPE)) {
            summary.types = types;
        }
    }

    /** Keeps the label sets of a type that the day has. */
    synchronized void keep(Summary summary, String type, Optional<List<Labels>> labels) {
        if (!summary.labels.containsKey(type) && charge(summary, bytes(labels.orElse(List.of())))) {
            summary.labels.put(type, labels);
        }
    }

    /** Label sets that can be kept of one day: to collect more is of no use. */
    long maxLabels() {
        return maxBytes / DAY_SHARE / BYTES_PER_LABEL;
    }

    private static long bytes(List<Labels> sets) {
        // The type itself is one more.
        long labels = 1;
        for (Labels set : sets) {
            labels += 1 + set.size();
        }
        return labels * BYTES_PER_LABEL;
    }

    private boolean charge(Summary summary, long more) {
        if (summaries.get(summary.date) != summary || summary.bytes + more > maxBytes / DAY_SHARE) {
            return false;
        }
        summary.bytes += more;
        bytes += more;
        // The one asked for last is this one, which fits.
        for (Iterator<Summary> oldest = summaries.values().iterator(); bytes > maxBytes; ) {
            bytes -= oldest.next().bytes;
            oldest.remove();
        }
        return true;
    }

    /** The day was written to, or is gone. */
    synchronized void forget(LocalDate date) {
        Summary summary = summaries.remove(date);
        if (summary != null) {
            bytes -= summary.bytes;
        }
    }
}
