package dev.sonde.pprof;

import dev.sonde.model.ValueType;
import it.unimi.dsi.fastutil.ints.IntArrayList;
import it.unimi.dsi.fastutil.longs.LongArrayList;
import it.unimi.dsi.fastutil.objects.Object2IntOpenHashMap;
import java.util.ArrayList;
import java.util.List;

/** Collects one profile. Equal mappings, functions and locations are kept once. */
public final class ProfileBuilder {

    private record Mapping(long start, long limit, long offset, String file, String buildId, boolean hasFunctions) {}

    private record Function(String name, String systemName, String file, int startLine) {}

    private record Location(int mapping, long address, List<Line> lines) {}

    /**
     * One line of a location.
     *
     * @param function index from {@link #function}
     * @param number line in the source; 0 = unknown
     */
    public record Line(int function, int number) {}

    private final List<ValueType> sampleTypes;
    private final Interner<Mapping> mappings = new Interner<>();
    private final Interner<Function> functions = new Interner<>();
    private final Interner<Location> locations = new Interner<>();

    private final IntArrayList stackStart = new IntArrayList(new int[] {0});
    private final IntArrayList stack = new IntArrayList();
    private final LongArrayList values = new LongArrayList();
    private final IntArrayList labelStart = new IntArrayList(new int[] {0});
    private final List<String> labelKeys = new ArrayList<>();
    private final List<String> labelTexts = new ArrayList<>();
    private final LongArrayList labelNumbers = new LongArrayList();
    private final List<String> labelUnits = new ArrayList<>();

    /** A profile whose samples have one value for each of these types. */
    public ProfileBuilder(List<ValueType> sampleTypes) {
        this.sampleTypes = List.copyOf(sampleTypes);
    }

    /** The index of a mapping; addresses are unsigned. */
    public int mapping(long start, long limit, long offset, String file, String buildId, boolean hasFunctions) {
        return mappings.index(new Mapping(start, limit, offset, file, buildId, hasFunctions));
    }

    /** The index of a function. */
    public int function(String name, String systemName, String file, int startLine) {
        return functions.index(new Function(name, systemName, file, startLine));
    }

    /**
     * The index of a location.
     *
     * @param mapping index from {@link #mapping}, or {@link Profile#NONE}
     * @param address address in the mapping's terms; 0 where there is none
     * @param lines the innermost inlined call first; empty where the name is not known yet
     */
    public int location(int mapping, long address, List<Line> lines) {
        return locations.index(new Location(mapping, address, List.copyOf(lines)));
    }

    /** Begins a sample; its frames, values and labels follow. */
    public ProfileBuilder frame(int location) {
        stack.add(location);
        return this;
    }

    /** Adds a text label to the sample under way. */
    public ProfileBuilder label(String key, String text) {
        addLabel(key, text, 0, "");
        return this;
    }

    /** Adds a number label to the sample under way. */
    public ProfileBuilder label(String key, long number, String unit) {
        addLabel(key, null, number, unit);
        return this;
    }

    /** Ends the sample under way, whose frames came leaf first. */
    public void endSample(long... sampleValues) {
        if (sampleValues.length != sampleTypes.size()) {
            throw new IllegalArgumentException(
                    "sample: " + sampleValues.length + " values (expected: " + sampleTypes.size() + ")");
        }
        values.addElements(values.size(), sampleValues);
        stackStart.add(stack.size());
        labelStart.add(labelKeys.size());
    }

    /** How many samples were ended. */
    public int sampleCount() {
        return stackStart.size() - 1;
    }

    /** The profile of all that was added. */
    public Profile build(int defaultSampleType, ValueType periodType, long period, long timeNanos, long durationNanos) {
        Profile.Header header = new Profile.Header(
                sampleTypes, defaultSampleType, periodType, period, timeNanos, durationNanos, List.of());
        return new Profile(header, buildMappings(), buildFunctions(), buildLocations(), buildSamples());
    }

    private void addLabel(String key, String text, long number, String unit) {
        labelKeys.add(key);
        labelTexts.add(text);
        labelNumbers.add(number);
        labelUnits.add(unit);
    }

    private Profile.Mappings buildMappings() {
        int count = mappings.values.size();
        long[] start = new long[count];
        long[] limit = new long[count];
        long[] offset = new long[count];
        String[] file = new String[count];
        String[] buildId = new String[count];
        boolean[] hasFunctions = new boolean[count];
        for (int i = 0; i < count; i++) {
            Mapping mapping = mappings.values.get(i);
            start[i] = mapping.start;
            limit[i] = mapping.limit;
            offset[i] = mapping.offset;
            file[i] = mapping.file;
            buildId[i] = mapping.buildId;
            hasFunctions[i] = mapping.hasFunctions;
        }
        return new Profile.Mappings(count, start, limit, offset, file, buildId, hasFunctions);
    }

    private Profile.Functions buildFunctions() {
        int count = functions.values.size();
        String[] name = new String[count];
        String[] systemName = new String[count];
        String[] file = new String[count];
        int[] startLine = new int[count];
        for (int i = 0; i < count; i++) {
            Function function = functions.values.get(i);
            name[i] = function.name;
            systemName[i] = function.systemName;
            file[i] = function.file;
            startLine[i] = function.startLine;
        }
        return new Profile.Functions(count, name, systemName, file, startLine);
    }

    private Profile.Locations buildLocations() {
        int count = locations.values.size();
        int[] mapping = new int[count];
        long[] address = new long[count];
        int[] lineStart = new int[count + 1];
        IntArrayList lineFunction = new IntArrayList();
        IntArrayList lineNumber = new IntArrayList();
        for (int i = 0; i < count; i++) {
            Location location = locations.values.get(i);
            mapping[i] = location.mapping;
            address[i] = location.address;
            for (Line line : location.lines) {
                lineFunction.add(line.function);
                lineNumber.add(line.number);
            }
            lineStart[i + 1] = lineFunction.size();
        }
        return new Profile.Locations(
                count, mapping, address, lineStart, lineFunction.toIntArray(), lineNumber.toIntArray());
    }

    private Profile.Samples buildSamples() {
        return new Profile.Samples(
                sampleCount(),
                sampleTypes.size(),
                stackStart.toIntArray(),
                stack.toIntArray(),
                values.toLongArray(),
                labelStart.toIntArray(),
                labelKeys.toArray(String[]::new),
                labelTexts.toArray(String[]::new),
                labelNumbers.toLongArray(),
                labelUnits.toArray(String[]::new));
    }

    private static final class Interner<T> {
        final List<T> values = new ArrayList<>();
        private final Object2IntOpenHashMap<T> indexes = new Object2IntOpenHashMap<>();

        Interner() {
            indexes.defaultReturnValue(Profile.NONE);
        }

        int index(T value) {
            int index = indexes.putIfAbsent(value, values.size());
            if (index != Profile.NONE) {
                return index;
            }
            values.add(value);
            return values.size() - 1;
        }
    }
}
