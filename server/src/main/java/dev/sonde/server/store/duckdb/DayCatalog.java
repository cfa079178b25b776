package dev.sonde.server.store.duckdb;

import dev.sonde.model.Labels;
import dev.sonde.model.Matcher;
import dev.sonde.model.Selector;
import dev.sonde.model.TimeRange;
import dev.sonde.server.store.StoreException;
import dev.sonde.server.store.StoreQuery;
import dev.sonde.server.store.duckdb.day.DayLabels;
import dev.sonde.server.store.duckdb.day.DayQuery;
import dev.sonde.server.store.duckdb.day.DayTypes;
import dev.sonde.server.store.duckdb.day.TypeChoice;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Which types and labels the days hold. A whole day that was asked before is not opened for it again. */
final class DayCatalog {

    private final DayReads reads;
    private final DaySummaries summaries;

    DayCatalog(DayReads reads, DaySummaries summaries) {
        this.reads = reads;
        this.summaries = summaries;
    }

    TypeChoice types(TimeRange range) throws StoreException {
        TypeChoice types = new TypeChoice();
        DayReads.Round days = reads.in(range);
        for (LocalDate date : days.dates()) {
            DayTypes known = isWhole(date, range) ? types(days, date) : summaries.types(date);
            if (known != null && known.liesIn(range)) {
                known.addTo(types);
            } else if (known == null || !known.liesOutside(range)) {
                days.on(date, reader -> DayTypes.add(reader, range, types));
            }
        }
        return types;
    }

    /** A whole day's types; null when it is gone. */
    private DayTypes types(DayReads.Round days, LocalDate date) throws StoreException {
        DayTypes known = summaries.types(date);
        if (known != null) {
            return known;
        }
        DaySummaries.Summary summary = summaries.begin(date);
        DayTypes[] read = new DayTypes[1];
        days.on(date, reader -> read[0] = DayTypes.read(reader));
        if (read[0] != null) {
            summaries.keep(summary, read[0]);
        }
        return read[0];
    }

    private static boolean isWhole(LocalDate date, TimeRange range) {
        return Appender.startOf(date) >= range.fromNanos() && Appender.startOf(date.plusDays(1)) <= range.toNanos();
    }

    /** The names and values of all labels that a question selects. */
    Map<String, Set<String>> labels(StoreQuery query) throws StoreException {
        Map<String, Set<String>> found = new TreeMap<>();
        String type = query.selector().type();
        DayReads.Round days = reads.in(query.range());
        for (LocalDate date : days.dates()) {
            DayTypes whole = isWhole(date, query.range()) ? types(days, date) : summaries.types(date);
            if (whole != null && (whole.liesOutside(query.range()) || !whole.has(type))) {
                continue;
            }
            Optional<List<Labels>> known = whole != null && whole.liesIn(query.range())
                    ? labelsOfWholeDay(days, date, type)
                    : Optional.empty();
            if (known.isPresent()) {
                known.get().stream()
                        .filter(set -> isSelected(set, query.selector()))
                        .forEach(set -> add(set, found));
            } else {
                days.on(date, reader -> DayLabels.add(new DayQuery(reader, query), found));
            }
        }
        return found;
    }

    /** The distinct label sets of the samples of a type that the day has; empty when they are too many to be kept. */
    private Optional<List<Labels>> labelsOfWholeDay(DayReads.Round days, LocalDate date, String type)
            throws StoreException {
        Optional<List<Labels>> known = summaries.labels(date, type);
        if (known == null) {
            DaySummaries.Summary summary = summaries.begin(date);
            DayLabels.Distinct distinct = new DayLabels.Distinct(summaries.maxLabels());
            days.on(date, reader -> distinct.read(reader, type));
            known = distinct.labels();
            summaries.keep(summary, type, known);
        }
        return known;
    }

    /** A sample's own labels stand in the set already in place of its series' ones of the same name. */
    private static boolean isSelected(Labels labels, Selector selector) {
        for (Matcher matcher : selector.matchers()) {
            if (!matcher.matches(labels.get(matcher.name()))) {
                return false;
            }
        }
        return true;
    }

    private static void add(Labels set, Map<String, Set<String>> found) {
        for (int i = 0; i < set.size(); i++) {
            found.computeIfAbsent(set.name(i), name -> new TreeSet<>()).add(set.value(i));
        }
    }

    /** The time of the first to the last sample. */
    Optional<TimeRange> extent() throws StoreException {
        DayReads.Round all = reads.all();
        DayTypes first = firstWithSamples(all, all.dates());
        DayTypes last = firstWithSamples(all, all.dates().reversed());
        return first == null || last == null
                ? Optional.empty()
                : Optional.of(new TimeRange(first.firstNanos(), last.endNanos()));
    }

    private DayTypes firstWithSamples(DayReads.Round days, List<LocalDate> dates) throws StoreException {
        for (LocalDate date : dates) {
            DayTypes types = types(days, date);
            if (types != null && !types.shapes().isEmpty()) {
                return types;
            }
        }
        return null;
    }
}
