package dev.sonde.server.store.duckdb.day;

import dev.sonde.model.TimeRange;
import dev.sonde.server.store.StoreQuery;
import dev.sonde.server.store.dictionary.DayDictionary;
import dev.sonde.server.store.dictionary.SampleFilter;
import it.unimi.dsi.fastutil.ints.IntArrayList;
import java.util.StringJoiner;

/** One question to one day: which rows and samples it is about. Everything in the SQL is a number or a name of ours. */
public final class DayQuery {

    /** Series up to which they are listed in the SQL; above it, they are looked at row by row. */
    private static final int MAX_LISTED_SERIES = 512;

    private final DayReader reader;
    private final StoreQuery query;
    private final SampleFilter filter;
    private final IntArrayList series;

    public DayQuery(DayReader reader, StoreQuery query) {
        this.reader = reader;
        this.query = query;
        this.filter = new SampleFilter(query.selector(), reader.dictionary());
        this.series = filter.series();
    }

    DayReader reader() {
        return reader;
    }

    SampleFilter filter() {
        return filter;
    }

    DayDictionary.View dictionary() {
        return reader.dictionary();
    }

    /** Whether no series of the day can be selected. */
    boolean selectsNothing() {
        return series.isEmpty();
    }

    /** Whether the SQL's condition does not tell the selected series apart, so that the rows must. */
    boolean needsSeries() {
        return filter.needsSampleLabels() || (!listsSeries() && !isEverySeries());
    }

    /** The condition on rows that hold selected samples, of these shapes. */
    String where(IntArrayList shapes) {
        String condition = timeAndSamples(query.range()) + " AND shape IN (" + list(shapes) + ")";
        return listsSeries() && !isEverySeries() ? condition + " AND series IN (" + list(series) + ")" : condition;
    }

    /** The condition on rows with samples whose time lies in a range. */
    static String timeAndSamples(TimeRange range) {
        return "time_nanos >= " + range.fromNanos() + " AND time_nanos < " + range.toNanos() + " AND len(stack) > 0";
    }

    /** The shapes of the question's profile type. */
    IntArrayList shapesOfType() {
        IntArrayList shapes = new IntArrayList();
        for (int id = 0; id < dictionary().shapes().count(); id++) {
            if (dictionary().shapes().get(id).type().equals(query.selector().type())) {
                shapes.add(id);
            }
        }
        return shapes;
    }

    private boolean listsSeries() {
        return series.size() <= MAX_LISTED_SERIES;
    }

    private boolean isEverySeries() {
        return series.size() == dictionary().series().count();
    }

    private static String list(IntArrayList ids) {
        StringJoiner list = new StringJoiner(",");
        for (int i = 0; i < ids.size(); i++) {
            list.add(Integer.toString(ids.getInt(i)));
        }
        return list.toString();
    }
}
