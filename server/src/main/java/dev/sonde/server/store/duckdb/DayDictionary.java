package dev.sonde.server.store.duckdb;

import dev.sonde.model.Labels;
import dev.sonde.model.ValueType;
import dev.sonde.server.store.StoreException;
import dev.sonde.server.store.StoredLocation;
import dev.sonde.server.store.StoredLocation.StoredLine;
import dev.sonde.server.store.duckdb.StoreSettings.DictionaryLimits;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What the rows of one day name by number, mirrored in memory. */
final class DayDictionary {

    /** Label set 0: no labels. */
    static final int NO_LABELS = 0;

    /** Profile types and lists of sample types: a client invents none, a hostile one could. */
    private static final int MAX_SHAPES = 4096;

    final ValueTable<Mapping> mappings;
    final ValueTable<Function> functions;
    final ValueTable<Location> locations;
    final StackTable stacks;
    final ValueTable<Labels> labelSets;
    final ValueTable<Series> series;
    final ValueTable<Shape> shapes;

    DayDictionary(DictionaryLimits limits) throws StoreException {
        mappings = new ValueTable<>("mappings", limits.locations());
        functions = new ValueTable<>("functions", limits.locations());
        locations = new ValueTable<>("locations", limits.locations());
        stacks = new StackTable(limits.stackNodes());
        labelSets = new ValueTable<>("sets of sample labels", limits.labelSets());
        series = new ValueTable<>("series", limits.series());
        shapes = new ValueTable<>("profile types", MAX_SHAPES);
        labelSets.intern(Labels.empty());
    }

    /** The part of a file that was mapped, as the profile had it. */
    record Mapping(String file, String buildId, long start, long limit, long offset) {}

    /** A function. */
    record Function(String name, String systemName, String file) {}

    /** A series: a profile type and its labels. */
    record Series(String type, Labels labels) {}

    /** What the values of a row mean. */
    record Shape(String type, List<ValueType> sampleTypes, int defaultSampleType, ValueType periodType) {
        Shape {
            sampleTypes = List.copyOf(sampleTypes);
        }

        ValueType defaultValueType() {
            return sampleTypes.get(defaultSampleType);
        }
    }

    /** A location; mapping -1 = none. */
    static final class Location {
        final int mapping;
        final long address;
        final int[] function;
        final int[] lineNumber;

        Location(int mapping, long address, int[] function, int[] lineNumber) {
            this.mapping = mapping;
            this.address = address;
            this.function = function;
            this.lineNumber = lineNumber;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Location that
                    && mapping == that.mapping
                    && address == that.address
                    && Arrays.equals(function, that.function)
                    && Arrays.equals(lineNumber, that.lineNumber);
        }

        @Override
        public int hashCode() {
            return ((mapping * 31 + Long.hashCode(address)) * 31 + Arrays.hashCode(function)) * 31
                    + Arrays.hashCode(lineNumber);
        }
    }

    /** Sizes at one moment: what to go back to, and what is new since. */
    record Mark(int mappings, int functions, int locations, int stacks, int labelSets, int series, int shapes) {}

    Mark mark() {
        return new Mark(
                mappings.size(),
                functions.size(),
                locations.size(),
                stacks.size(),
                labelSets.size(),
                series.size(),
                shapes.size());
    }

    /** Forgets what came after the mark. */
    void truncate(Mark mark) {
        mappings.truncate(mark.mappings);
        functions.truncate(mark.functions);
        locations.truncate(mark.locations);
        stacks.truncate(mark.stacks);
        labelSets.truncate(mark.labelSets);
        series.truncate(mark.series);
        shapes.truncate(mark.shapes);
    }

    View view() {
        return new View(
                mappings.view(),
                functions.view(),
                locations.view(),
                stacks.view(),
                labelSets.view(),
                series.view(),
                shapes.view());
    }

    /** What the dictionary held at one moment, for readers. */
    record View(
            ValueTable.View<Mapping> mappings,
            ValueTable.View<Function> functions,
            ValueTable.View<Location> locations,
            StackTable.View stacks,
            ValueTable.View<Labels> labelSets,
            ValueTable.View<Series> series,
            ValueTable.View<Shape> shapes) {

        /** A location with what it names. */
        StoredLocation storedLocation(int id) {
            Location location = locations.get(id);
            List<StoredLine> lines = new ArrayList<>(location.function.length);
            for (int i = 0; i < location.function.length; i++) {
                Function function = functions.get(location.function[i]);
                lines.add(new StoredLine(function.name, function.systemName, function.file, location.lineNumber[i]));
            }
            if (location.mapping < 0) {
                return new StoredLocation("", "", 0, 0, 0, location.address, lines);
            }
            Mapping mapping = mappings.get(location.mapping);
            return new StoredLocation(
                    mapping.file,
                    mapping.buildId,
                    mapping.start,
                    mapping.limit,
                    mapping.offset,
                    location.address,
                    lines);
        }
    }
}
