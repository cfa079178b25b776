package dev.sonde.server.store.dictionary;

import dev.sonde.model.Labels;
import dev.sonde.model.Matcher;
import dev.sonde.model.Selector;
import it.unimi.dsi.fastutil.ints.IntArrayList;
import java.util.List;

/**
 * A selector's matchers over one day's dictionary, worked out before the rows are read: a bit for each matcher. A sample
 * is selected when every matcher holds for the sample's own label, or for its series' where the sample has none.
 */
public final class SampleFilter {

    private final long all;
    /** For each series of the type: the matchers that hold for its labels. */
    private final long[] seriesHolds;
    /** For each label set: the matchers whose label it has. */
    private final long[] sampleHas;
    /** For each label set: the matchers that hold for a label it has. */
    private final long[] sampleHolds;

    private final boolean[] ofType;
    private long anySampleHas;

    /** The filter that a selector means in a dictionary. */
    public SampleFilter(Selector selector, DayDictionary.View dictionary) {
        List<Matcher> matchers = selector.matchers();
        // 64 matchers at most, see StoreQuery.
        this.all = matchers.isEmpty() ? 0 : -1L >>> (Long.SIZE - matchers.size());
        this.seriesHolds = new long[dictionary.series().count()];
        this.sampleHas = new long[dictionary.labelSets().count()];
        this.sampleHolds = new long[sampleHas.length];
        this.ofType = new boolean[seriesHolds.length];
        for (int id = 0; id < seriesHolds.length; id++) {
            DayDictionary.Series series = dictionary.series().get(id);
            ofType[id] = series.type().equals(selector.type());
            for (int i = 0; ofType[id] && i < matchers.size(); i++) {
                Matcher matcher = matchers.get(i);
                seriesHolds[id] |= matcher.matches(series.labels().get(matcher.name())) ? 1L << i : 0;
            }
        }
        for (int id = 0; id < sampleHas.length; id++) {
            matchLabelSet(id, dictionary.labelSets().get(id), matchers);
        }
    }

    private void matchLabelSet(int id, Labels labels, List<Matcher> matchers) {
        for (int i = 0; labels.size() > 0 && i < matchers.size(); i++) {
            Matcher matcher = matchers.get(i);
            String value = labels.get(matcher.name());
            if (!value.isEmpty()) {
                sampleHas[id] |= 1L << i;
                sampleHolds[id] |= matcher.matches(value) ? 1L << i : 0;
            }
        }
        anySampleHas |= sampleHas[id];
    }

    /** Whether the samples' own labels matter for what is selected. */
    public boolean needsSampleLabels() {
        return anySampleHas != 0;
    }

    /** The series of which some sample may be selected. */
    public IntArrayList series() {
        IntArrayList ids = new IntArrayList();
        for (int id = 0; id < seriesHolds.length; id++) {
            if (ofType[id] && (seriesHolds[id] | anySampleHas) == all) {
                ids.add(id);
            }
        }
        return ids;
    }

    /** Whether a sample of a series with a label set is selected. */
    public boolean selects(int series, int labelSet) {
        return ofType[series] && (sampleHolds[labelSet] | (seriesHolds[series] & ~sampleHas[labelSet])) == all;
    }
}
