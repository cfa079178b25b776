package dev.sonde.server.store;

import dev.sonde.model.Labels;
import dev.sonde.model.Matcher;
import dev.sonde.model.TimeRange;
import dev.sonde.model.ValueType;
import dev.sonde.pprof.Profile;
import dev.sonde.server.store.StackTree.Period;
import dev.sonde.server.store.StackTree.ValueColumn;
import dev.sonde.server.store.StoredLocation.StoredLine;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** The referee: keeps profiles in a list and goes through it for every question, as plainly as can be. */
final class MemoryProfileStore implements ProfileStore {

    private static final Comparator<ValueType> BY_NAME = Comparator.comparing(ValueType::toString);

    private final Map<NewProfile.Id, NewProfile> profiles = new LinkedHashMap<>();
    private long known;

    @Override
    public synchronized AppendResult append(List<NewProfile> added) {
        int stored = 0;
        for (NewProfile profile : added) {
            stored += profiles.putIfAbsent(profile.id(), profile) == null ? 1 : 0;
        }
        known += added.size() - stored;
        return new AppendResult(stored, added.size() - stored);
    }

    private List<NewProfile> in(TimeRange range) {
        return profiles.values().stream()
                .filter(p -> range.contains(p.profile().header().timeNanos()))
                .filter(p -> p.profile().samples().count() > 0)
                .toList();
    }

    @Override
    public synchronized List<TypeSummary> types(TimeRange range) {
        return in(range).stream()
                .map(NewProfile::type)
                .distinct()
                .sorted()
                .map(type -> summary(type, range))
                .toList();
    }

    private record Shape(List<ValueType> types, int defaultType, ValueType period) {}

    private TypeSummary summary(String type, TimeRange range) {
        Map<Shape, Long> shapes = new LinkedHashMap<>();
        Map<ValueType, Long> defaults = new TreeMap<>(BY_NAME);
        for (NewProfile profile : in(range)) {
            if (profile.type().equals(type)) {
                Profile.Header header = profile.profile().header();
                shapes.merge(
                        new Shape(header.sampleTypes(), header.defaultSampleType(), header.periodType()),
                        1L,
                        Long::sum);
                defaults.merge(header.sampleTypes().get(header.defaultSampleType()), 1L, Long::sum);
            }
        }
        Set<ValueType> types = new LinkedHashSet<>();
        shapes.entrySet().stream()
                .sorted(Comparator.<Map.Entry<Shape, Long>>comparingLong(e -> -e.getValue())
                        .thenComparing(e -> e.getKey().toString()))
                .forEach(e -> types.addAll(e.getKey().types()));
        return new TypeSummary(type, List.copyOf(types), commonest(defaults).type());
    }

    private static ValueType commonest(Map<ValueType, Long> counts) {
        return counts.entrySet().stream()
                .max(Map.Entry.<ValueType, Long>comparingByValue()
                        .thenComparing(Map.Entry.comparingByKey(BY_NAME.reversed())))
                .map(Map.Entry::getKey)
                .orElse(null);
    }

    private ValueType selected(StoreQuery query) {
        Map<ValueType, Long> counts = new TreeMap<>(BY_NAME);
        for (NewProfile profile : in(query.range())) {
            if (profile.type().equals(query.selector().type())) {
                Profile.Header header = profile.profile().header();
                String wanted = query.selector().sampleType();
                Set<ValueType> types = wanted.isEmpty()
                        ? Set.of(header.sampleTypes().get(header.defaultSampleType()))
                        : Set.copyOf(header.sampleTypes());
                types.stream()
                        .filter(type -> wanted.isEmpty() || type.type().equals(wanted))
                        .forEach(type -> counts.merge(type, 1L, Long::sum));
            }
        }
        return commonest(counts);
    }

    /** Takes each selected sample with what it says. */
    private interface SampleVisitor {
        void visit(NewProfile profile, int sample, Map<String, String> labels);
    }

    private void samples(StoreQuery query, SampleVisitor visitor) {
        for (NewProfile profile : in(query.range())) {
            for (int i = 0; i < profile.profile().samples().count(); i++) {
                Map<String, String> labels = new TreeMap<>(profile.series().toMap());
                Profile.Samples samples = profile.profile().samples();
                for (int l = samples.labelStart()[i]; l < samples.labelStart()[i + 1]; l++) {
                    if (samples.labelText()[l] != null && !samples.labelText()[l].isEmpty()) {
                        labels.put(samples.labelKey()[l], samples.labelText()[l]);
                    }
                }
                boolean selected = profile.type().equals(query.selector().type());
                for (Matcher matcher : query.selector().matchers()) {
                    selected &= matcher.matches(labels.getOrDefault(matcher.name(), ""));
                }
                if (selected) {
                    visitor.visit(profile, i, labels);
                }
            }
        }
    }

    @Override
    public synchronized Map<String, List<String>> labels(StoreQuery query) {
        Map<String, TreeSet<String>> found = new TreeMap<>();
        samples(
                query,
                (profile, sample, labels) -> labels.forEach((name, value) ->
                        found.computeIfAbsent(name, key -> new TreeSet<>()).add(value)));
        Map<String, List<String>> labels = new TreeMap<>();
        found.forEach((name, values) -> labels.put(name, List.copyOf(values)));
        return labels;
    }

    @Override
    public synchronized StackTree merge(StoreQuery query) {
        ValueType selected = selected(query);
        return selected == null ? StackTree.empty() : merge(query, List.of(selected), selected);
    }

    @Override
    public synchronized StackTree mergeAllValues(StoreQuery query) {
        ValueType selected = selected(query);
        return selected == null
                ? StackTree.empty()
                : merge(query, summary(query.selector().type(), query.range()).sampleTypes(), selected);
    }

    private StackTree merge(StoreQuery query, List<ValueType> types, ValueType selected) {
        Map<List<StoredLocation>, long[]> sums = new LinkedHashMap<>();
        long[] total = new long[types.size()];
        samples(query, (profile, sample, labels) -> {
            List<StoredLocation> path = path(profile.profile(), sample);
            for (int type = 0; type < types.size(); type++) {
                int column = profile.profile().header().sampleTypes().indexOf(types.get(type));
                long value = column < 0 ? 0 : profile.profile().samples().value(sample, column);
                for (int depth = 1; value > 0 && depth <= path.size(); depth++) {
                    sums.computeIfAbsent(path.subList(0, depth), key -> new long[types.size()]);
                }
                if (value > 0) {
                    sums.get(path)[type] = Saturating.add(sums.get(path)[type], value);
                }
                total[type] = Saturating.add(total[type], value);
            }
        });
        return tree(sums, types, total, types.indexOf(selected), period(query));
    }

    private Period period(StoreQuery query) {
        List<Period> periods = in(query.range()).stream()
                .filter(p -> p.type().equals(query.selector().type()))
                .map(p -> p.profile().header())
                .map(header -> new Period(header.periodType(), header.period()))
                .distinct()
                .toList();
        return periods.size() == 1 ? periods.getFirst() : Period.UNKNOWN;
    }

    private static StackTree tree(
            Map<List<StoredLocation>, long[]> sums, List<ValueType> types, long[] total, int selected, Period period) {
        List<List<StoredLocation>> paths = new ArrayList<>(sums.keySet());
        paths.sort(Comparator.comparingInt(List::size));
        Map<List<StoredLocation>, Integer> node = new LinkedHashMap<>();
        List<StoredLocation> locations = new ArrayList<>();
        int[] parent = new int[paths.size()];
        int[] location = new int[paths.size()];
        long[][] self = new long[types.size()][paths.size()];
        for (int i = 0; i < parent.length; i++) {
            List<StoredLocation> path = paths.get(i);
            node.put(path, i);
            parent[i] = path.size() == 1 ? -1 : node.get(path.subList(0, path.size() - 1));
            location[i] = locations.size();
            locations.add(path.getLast());
            for (int type = 0; type < types.size(); type++) {
                self[type][i] = sums.get(path)[type];
            }
        }
        List<ValueColumn> columns = new ArrayList<>();
        for (int type = 0; type < types.size(); type++) {
            columns.add(new ValueColumn(types.get(type), total[type], self[type]));
        }
        return new StackTree(columns, selected, period, parent, location, locations);
    }

    /** The locations of a sample, the root first. */
    private static List<StoredLocation> path(Profile profile, int sample) {
        List<StoredLocation> path = new ArrayList<>();
        for (int i = profile.samples().stackStart()[sample + 1] - 1;
                i >= profile.samples().stackStart()[sample];
                i--) {
            path.add(location(profile, profile.samples().location()[i]));
        }
        return path.isEmpty() ? List.of(new StoredLocation("", "", 0, 0, 0, 0, List.of())) : path;
    }

    private static StoredLocation location(Profile profile, int index) {
        List<StoredLine> lines = new ArrayList<>();
        Profile.Locations locations = profile.locations();
        for (int i = locations.lineStart()[index]; i < locations.lineStart()[index + 1]; i++) {
            int function = locations.lineFunction()[i];
            lines.add(new StoredLine(
                    profile.functions().name()[function],
                    profile.functions().systemName()[function],
                    profile.functions().file()[function],
                    locations.lineNumber()[i]));
        }
        int mapping = locations.mapping()[index];
        Profile.Mappings mappings = profile.mappings();
        return mapping == Profile.NONE
                ? new StoredLocation("", "", 0, 0, 0, locations.address()[index], lines)
                : new StoredLocation(
                        mappings.file()[mapping],
                        mappings.buildId()[mapping],
                        mappings.start()[mapping],
                        mappings.limit()[mapping],
                        mappings.offset()[mapping],
                        locations.address()[index],
                        lines);
    }

    @Override
    public synchronized List<PointSeries> series(StoreQuery query, Duration step, List<String> by) {
        ValueType selected = selected(query);
        if (selected == null) {
            return List.of();
        }
        Map<String, TreeMap<Long, Long>> lines = new TreeMap<>();
        Map<String, Labels> labelsOf = new TreeMap<>();
        samples(query, (profile, sample, labels) -> {
            int column = profile.profile().header().sampleTypes().indexOf(selected);
            if (column >= 0) {
                Map<String, String> group = new TreeMap<>(labels);
                group.keySet().retainAll(by);
                Labels of = Labels.of(group);
                labelsOf.put(of.toString(), of);
                long time = profile.profile().header().timeNanos() / step.toNanos() * step.toNanos();
                lines.computeIfAbsent(of.toString(), key -> new TreeMap<>())
                        .merge(time, profile.profile().samples().value(sample, column), Saturating::add);
            }
        });
        return lines.entrySet().stream()
                .map(line -> new PointSeries(
                        labelsOf.get(line.getKey()),
                        selected.unit(),
                        line.getValue().keySet().stream().mapToLong(t -> t).toArray(),
                        line.getValue().values().stream().mapToLong(v -> v).toArray()))
                .toList();
    }

    @Override
    public synchronized Optional<TimeRange> extent() {
        TimeRange all = new TimeRange(0, Long.MAX_VALUE);
        return in(all).stream()
                .map(p -> p.profile().header())
                .map(h -> new TimeRange(h.timeNanos(), h.timeNanos() + Math.max(1, h.durationNanos())))
                .reduce((a, b) ->
                        new TimeRange(Math.min(a.fromNanos(), b.fromNanos()), Math.max(a.toNanos(), b.toNanos())));
    }

    @Override
    public synchronized long dropBefore(Instant instant) {
        long day = Duration.ofDays(1).toNanos();
        long keepFrom = Math.floorDiv(instant.getEpochSecond(), 86_400) * day;
        profiles.values().removeIf(p -> p.profile().header().timeNanos() < keepFrom);
        return 0;
    }

    @Override
    public synchronized StoreStatistics statistics() {
        return new StoreStatistics(profiles.size(), known, 0, 0, 0, Map.of(), 0, 0);
    }

    @Override
    public void close() {
        // Nothing is held but memory.
    }
}
