package dev.sonde.server.store.dictionary;

import dev.sonde.model.Labels;
import dev.sonde.pprof.Profile;
import dev.sonde.server.store.NewProfile;
import dev.sonde.server.store.Saturating;
import dev.sonde.server.store.StoreException;
import dev.sonde.server.store.dictionary.DayDictionary.Function;
import dev.sonde.server.store.dictionary.DayDictionary.Mapping;
import dev.sonde.server.store.dictionary.DayDictionary.Series;
import dev.sonde.server.store.dictionary.DayDictionary.Shape;
import it.unimi.dsi.fastutil.longs.Long2IntOpenHashMap;
import it.unimi.dsi.fastutil.longs.LongArrayList;
import it.unimi.dsi.fastutil.longs.LongArrays;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/** Turns profiles into rows, adding to a day's dictionary what is new. Belongs to the writer thread. */
public final class ProfileEncoder {

    private static final int NOT_YET = -2;

    private final Long2IntOpenHashMap rowOfKey = new Long2IntOpenHashMap();
    private final LongArrayList keys = new LongArrayList();
    private long numberLabelsDropped;

    public ProfileEncoder() {
        rowOfKey.defaultReturnValue(-1);
    }

    /** Number labels left out so far. */
    public long numberLabelsDropped() {
        return numberLabelsDropped;
    }

    /**
     * A profile by the day's ids.
     *
     * @throws StoreException when the dictionary is full; it may then hold a part of the profile
     */
    public EncodedProfile encode(NewProfile added, DayDictionary dictionary) throws StoreException {
        Profile profile = added.profile();
        Profile.Header header = profile.header();
        int series = dictionary.series().intern(new Series(added.type(), added.series()));
        int shape = dictionary.internShape(
                new Shape(added.type(), header.sampleTypes(), header.defaultSampleType(), header.periodType()));
        int[] rows = keys(profile, dictionary);
        int[] order = order();
        int[] stack = new int[order.length];
        int[] labelSet = new int[order.length];
        boolean labelled = false;
        for (int i = 0; i < order.length; i++) {
            long key = keys.getLong(order[i]);
            stack[i] = (int) (key >>> 32);
            labelSet[i] = (int) key;
            labelled |= labelSet[i] != DayDictionary.NO_LABELS;
        }
        return new EncodedProfile(
                added.id(),
                series,
                shape,
                header.timeNanos(),
                Math.min(header.durationNanos(), Long.MAX_VALUE - header.timeNanos()),
                header.period(),
                stack,
                labelled ? labelSet : new int[0],
                values(profile.samples(), rows, order));
    }

    /** Collects the distinct (stack, label set) pairs; returns for each sample the index of its pair. */
    private int[] keys(Profile profile, DayDictionary dictionary) throws StoreException {
        Profile.Samples samples = profile.samples();
        LocationIds locations = new LocationIds(profile, dictionary);
        rowOfKey.clear();
        keys.clear();
        int[] rows = new int[samples.count()];
        for (int i = 0; i < rows.length; i++) {
            long key = (long) locations.stack(i) << 32 | labelSet(samples, i, dictionary);
            int row = rowOfKey.putIfAbsent(key, keys.size());
            if (row < 0) {
                row = keys.size();
                keys.add(key);
            }
            rows[i] = row;
        }
        return rows;
    }

    /** The pairs' indexes in the order of their keys, which compresses well. */
    private int[] order() {
        int[] order = new int[keys.size()];
        Arrays.setAll(order, i -> i);
        LongArrays.radixSortIndirect(order, keys.elements(), 0, order.length, false);
        return order;
    }

    private static long[][] values(Profile.Samples samples, int[] rows, int[] order) {
        int[] position = new int[order.length];
        for (int i = 0; i < order.length; i++) {
            position[order[i]] = i;
        }
        long[][] values = new long[samples.valueCount()][order.length];
        for (int i = 0; i < rows.length; i++) {
            int at = position[rows[i]];
            for (int type = 0; type < values.length; type++) {
                values[type][at] = Saturating.add(values[type][at], samples.value(i, type));
            }
        }
        return values;
    }

    private int labelSet(Profile.Samples samples, int sample, DayDictionary dictionary) throws StoreException {
        int from = samples.labelStart()[sample];
        int to = samples.labelStart()[sample + 1];
        if (from == to) {
            return DayDictionary.NO_LABELS;
        }
        Map<String, String> labels = new TreeMap<>();
        for (int i = from; i < to; i++) {
            if (samples.labelText()[i] == null) {
                numberLabelsDropped++;
            } else {
                labels.put(samples.labelKey()[i], samples.labelText()[i]);
            }
        }
        return dictionary.labelSets().intern(Labels.of(labels));
    }

    /** The day's ids of a profile's locations, looked up when a sample first names one. */
    private static final class LocationIds {
        private final Profile profile;
        private final DayDictionary dictionary;
        private final int[] mappingId;
        private final int[] functionId;
        private final int[] locationId;
        private int[] stack = new int[64];
        private int[] lineFunction = new int[8];
        private int[] lineNumber = new int[8];

        LocationIds(Profile profile, DayDictionary dictionary) {
            this.profile = profile;
            this.dictionary = dictionary;
            this.mappingId = notYet(profile.mappings().count());
            this.functionId = notYet(profile.functions().count());
            this.locationId = notYet(profile.locations().count());
        }

        int stack(int sample) throws StoreException {
            int from = profile.samples().stackStart()[sample];
            int depth = profile.samples().depth(sample);
            if (depth == 0) {
                return emptyStack();
            }
            if (depth > stack.length) {
                stack = new int[depth * 2];
            }
            for (int i = 0; i < depth; i++) {
                stack[i] = location(profile.samples().location()[from + i]);
            }
            return dictionary.stacks().intern(stack, 0, depth);
        }

        /** A sample without frames still counts: under a location of which nothing is known. */
        private int emptyStack() throws StoreException {
            stack[0] = dictionary.locations().intern(Profile.NONE, 0, lineFunction, lineNumber, 0);
            return dictionary.stacks().intern(stack, 0, 1);
        }

        private int location(int index) throws StoreException {
            if (locationId[index] == NOT_YET) {
                Profile.Locations locations = profile.locations();
                int from = locations.lineStart()[index];
                int lines = locations.lineStart()[index + 1] - from;
                if (lines > lineFunction.length) {
                    lineFunction = new int[lines * 2];
                    lineNumber = new int[lines * 2];
                }
                for (int i = 0; i < lines; i++) {
                    lineFunction[i] = function(locations.lineFunction()[from + i]);
                    lineNumber[i] = locations.lineNumber()[from + i];
                }
                int mapping = mapping(locations.mapping()[index]);
                locationId[index] = dictionary
                        .locations()
                        .intern(mapping, locations.address()[index], lineFunction, lineNumber, lines);
            }
            return locationId[index];
        }

        private int mapping(int index) throws StoreException {
            if (index == Profile.NONE) {
                return Profile.NONE;
            }
            if (mappingId[index] == NOT_YET) {
                Profile.Mappings mappings = profile.mappings();
                mappingId[index] = dictionary
                        .mappings()
                        .intern(new Mapping(
                                mappings.file()[index],
                                mappings.buildId()[index],
                                mappings.start()[index],
                                mappings.limit()[index],
                                mappings.offset()[index]));
            }
            return mappingId[index];
        }

        private int function(int index) throws StoreException {
            if (functionId[index] == NOT_YET) {
                Profile.Functions functions = profile.functions();
                functionId[index] = dictionary
                        .functions()
                        .intern(new Function(
                                functions.name()[index],
                                functions.systemName()[index],
                                functions.file()[index]));
            }
            return functionId[index];
        }

        private static int[] notYet(int count) {
            int[] ids = new int[count];
            Arrays.fill(ids, NOT_YET);
            return ids;
        }
    }
}
