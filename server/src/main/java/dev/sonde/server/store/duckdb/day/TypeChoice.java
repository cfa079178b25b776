package dev.sonde.server.store.duckdb.day;

import dev.sonde.model.Selector;
import dev.sonde.model.ValueType;
import dev.sonde.server.store.StackTree.Period;
import dev.sonde.server.store.TypeSummary;
import dev.sonde.server.store.dictionary.DayDictionary.Shape;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * How many profiles of which shape there are in a range: what decides which of a type's values is meant where profiles
 * differ. Independent of the order in which profiles came.
 */
public final class TypeChoice {

    private final Map<Shape, Count> counts = new HashMap<>();

    private static final class Count {
        long profiles;
        long minPeriod = Long.MAX_VALUE;
        long maxPeriod;
    }

    public void add(Shape shape, long profiles, long minPeriod, long maxPeriod) {
        Count count = counts.computeIfAbsent(shape, key -> new Count());
        count.profiles += profiles;
        count.minPeriod = Math.min(count.minPeriod, minPeriod);
        count.maxPeriod = Math.max(count.maxPeriod, maxPeriod);
    }

    /** The types, by name. */
    public List<TypeSummary> summaries() {
        Set<String> names = new TreeSet<>();
        counts.keySet().forEach(shape -> names.add(shape.type()));
        List<TypeSummary> summaries = new ArrayList<>();
        for (String name : names) {
            List<ValueType> types = valueTypes(name);
            summaries.add(new TypeSummary(name, types, defaultType(name).type()));
        }
        return summaries;
    }

    /** All values of a type; those of the commonest shape first, in its order. */
    public List<ValueType> valueTypes(String type) {
        Set<ValueType> types = new LinkedHashSet<>();
        shapes(type).forEach(shape -> types.addAll(shape.sampleTypes()));
        return List.copyOf(types);
    }

    /** The value that a selector means, or null when its type has none such. */
    public ValueType selected(Selector selector) {
        if (selector.sampleType().isEmpty()) {
            return defaultType(selector.type());
        }
        Map<ValueType, Long> profiles = new TreeMap<>(Comparator.comparing(ValueType::toString));
        for (Shape shape : shapes(selector.type())) {
            for (ValueType type : Set.copyOf(shape.sampleTypes())) {
                if (type.type().equals(selector.sampleType())) {
                    profiles.merge(type, counts.get(shape).profiles, Long::sum);
                }
            }
        }
        return commonest(profiles);
    }

    /** The period of a type's profiles. */
    public Period period(String type) {
        Period period = null;
        for (Shape shape : shapes(type)) {
            Count count = counts.get(shape);
            Period own = new Period(shape.periodType(), count.minPeriod);
            if (count.minPeriod != count.maxPeriod || (period != null && !period.equals(own))) {
                return Period.UNKNOWN;
            }
            period = own;
        }
        return period == null ? Period.UNKNOWN : period;
    }

    private ValueType defaultType(String type) {
        Map<ValueType, Long> profiles = new TreeMap<>(Comparator.comparing(ValueType::toString));
        for (Shape shape : shapes(type)) {
            profiles.merge(shape.defaultValueType(), counts.get(shape).profiles, Long::sum);
        }
        return commonest(profiles);
    }

    /** The type of most profiles, the first by name of several such; null where there is none. */
    private static ValueType commonest(Map<ValueType, Long> profiles) {
        ValueType best = null;
        for (Map.Entry<ValueType, Long> entry : profiles.entrySet()) {
            if (best == null || entry.getValue() > profiles.get(best)) {
                best = entry.getKey();
            }
        }
        return best;
    }

    private List<Shape> shapes(String type) {
        return counts.keySet().stream()
                .filter(shape -> shape.type().equals(type))
                .sorted(Comparator.comparingLong((Shape shape) -> -counts.get(shape).profiles)
                        .thenComparing(Shape::toString))
                .toList();
    }
}
