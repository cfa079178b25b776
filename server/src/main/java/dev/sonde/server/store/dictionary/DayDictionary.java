package dev.sonde.server.store.dictionary;

import dev.sonde.model.Labels;
import dev.sonde.model.ValueType;
import dev.sonde.server.store.StoreException;
import dev.sonde.server.store.StoredLocation;
import dev.sonde.server.store.StoredLocation.StoredLine;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What the rows of one day name by number, mirrored in memory. */
public final class DayDictionary {

    /** Label set 0: no labels. */
    public static final int NO_LABELS = 0;

    /** Profile types and lists of sample types: a client invents none, a hostile one could. */
    private static final int MAX_SHAPES = 4096;

    /**
     * Distinct sample types of one profile type: clients choose them, and a merge of all values takes memory for each.
     * Four times what one profile may have.
     */
    private static final int MAX_SAMPLE_TYPES = 32;

    private final DictionaryBytes memory;
    private final ValueTable<Mapping> mappings;
    private final ValueTable<Function> functions;
    private final LocationTable locations;
    private final StackTable stacks;
    private final ValueTable<Labels> labelSets;
    private final ValueTable<Series> series;
    private final ValueTable<Shape> shapes;

    /**
     * An empty dictionary.
     *
     * @throws StoreException when the limits do not even hold the empty label set
     */
    public DayDictionary(DictionaryLimits limits) throws StoreException {
        memory = new DictionaryBytes(limits.bytes());
        mappings = new ValueTable<>("mappings", limits.locations(), memory, Mapping::bytes);
        functions = new ValueTable<>("functions", limits.locations(), memory, Function::bytes);
        locations = new LocationTable(limits.locations(), memory);
        stacks = new StackTable(limits.stackNodes(), memory);
        labelSets = new ValueTable<>("sets of sample labels", limits.labelSets(), memory, DictionaryBytes::of);
        series = new ValueTable<>("series", limits.series(), memory, Series::bytes);
        shapes = new ValueTable<>("profile types", MAX_SHAPES, memory, Shape::bytes);
        labelSets.intern(Labels.empty());
    }

    /** The part of a file that was mapped, as the profile had it. */
    public record Mapping(String file, String buildId, long start, long limit, long offset) {
        long bytes() {
            return DictionaryBytes.of(file) + DictionaryBytes.of(buildId);
        }
    }

    /** A function. */
    public record Function(String name, String systemName, String file) {
        long bytes() {
            return DictionaryBytes.of(name) + DictionaryBytes.of(systemName) + DictionaryBytes.of(file);
        }
    }

    /** A series: a profile type and its labels. */
    public record Series(String type, Labels labels) {
        long bytes() {
            return DictionaryBytes.of(type) + DictionaryBytes.of(labels);
        }
    }

    /** What the values of a row mean. */
    public record Shape(String type, List<ValueType> sampleTypes, int defaultSampleType, ValueType periodType) {
        public Shape {
            sampleTypes = List.copyOf(sampleTypes);
        }

        long bytes() {
            long bytes = DictionaryBytes.of(type) + DictionaryBytes.of(periodType);
            for (ValueType sampleType : sampleTypes) {
                bytes += DictionaryBytes.of(sampleType);
            }
            return bytes;
        }

        /** The value that is meant when none is named. */
        public ValueType defaultValueType() {
            return sampleTypes.get(defaultSampleType);
        }
    }

    /** Ends the loading of what was stored: what is added from now on must fit into the bound of bytes. */
    public void loaded() {
        memory.enforce();
    }

    /** The memory that the tables take, estimated. */
    public long bytes() {
        return memory.held();
    }

    /** Sizes at one moment: what to go back to, and what is new since. */
    public record Mark(int mappings, int functions, int locations, int stacks, int labelSets, int series, int shapes) {}

    /** What is in the dictionary now. */
    public Mark mark() {
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
    public void truncate(Mark mark) {
        mappings.truncate(mark.mappings);
        functions.truncate(mark.functions);
        locations.truncate(mark.locations);
        stacks.truncate(mark.stacks);
        labelSets.truncate(mark.labelSets);
        series.truncate(mark.series);
        shapes.truncate(mark.shapes);
    }

    /** Files mapped. */
    public ValueTable<Mapping> mappings() {
        return mappings;
    }

    /** Functions. */
    public ValueTable<Function> functions() {
        return functions;
    }

    /** Locations. */
    public LocationTable locations() {
        return locations;
    }

    /** Stacks of locations. */
    public StackTable stacks() {
        return stacks;
    }

    /** Sets of sample labels. */
    public ValueTable<Labels> labelSets() {
        return labelSets;
    }

    /** Series. */
    public ValueTable<Series> series() {
        return series;
    }

    /** Shapes. */
    public ValueTable<Shape> shapes() {
        return shapes;
    }

    /**
     * The shape's id, a new one if it is new.
     *
     * @throws StoreException with reason FULL when its profile type would get too many sample types
     */
    int internShape(Shape shape) throws StoreException {
        if (!shapes.contains(shape)) {
            Set<ValueType> types = new HashSet<>(shape.sampleTypes());
            ValueTable.View<Shape> known = shapes.view();
            for (int id = 0; id < known.count(); id++) {
                if (known.get(id).type().equals(shape.type())) {
                    types.addAll(known.get(id).sampleTypes());
                }
            }
            if (types.size() > MAX_SAMPLE_TYPES) {
                throw new StoreException(
                        StoreException.Reason.FULL,
                        "sample types of " + shape.type() + " of this day: " + types.size()
                                + " distinct ones (expected: at most " + MAX_SAMPLE_TYPES + ")");
            }
        }
        return shapes.intern(shape);
    }

    /** What is in the dictionary now, for readers. */
    public View view() {
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
    public record View(
            ValueTable.View<Mapping> mappings,
            ValueTable.View<Function> functions,
            LocationTable.View locations,
            StackTable.View stacks,
            ValueTable.View<Labels> labelSets,
            ValueTable.View<Series> series,
            ValueTable.View<Shape> shapes) {

        /** A location with what it names. */
        public StoredLocation storedLocation(int id) {
            List<StoredLine> lines = new ArrayList<>();
            for (int i = locations.lineStart()[id]; i < locations.lineStart()[id + 1]; i++) {
                Function function = functions.get(locations.lineFunction()[i]);
                lines.add(new StoredLine(
                        function.name,
                        function.systemName,
                        function.file,
                        locations.lineNumber()[i]));
            }
            long address = locations.address()[id];
            if (locations.mapping()[id] < 0) {
                return new StoredLocation("", "", 0, 0, 0, address, lines);
            }
            Mapping mapping = mappings.get(locations.mapping()[id]);
            return new StoredLocation(
                    mapping.file, mapping.buildId, mapping.start, mapping.limit, mapping.offset, address, lines);
        }
    }
}
