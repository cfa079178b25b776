package dev.sonde.server.store;

import dev.sonde.model.Labels;
import dev.sonde.model.TimeRange;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Keeps profiles and merges them. Every implementation passes the one contract suite. Calls may come from many threads;
 * all of them block on storage. Questions end soon after the {@link Cancellation} that they are asked within, with reason
 * CANCELLED; appends do not heed it. A {@link StoreException} means that the store could not do it, never that the question
 * was wrong.
 */
public interface ProfileStore extends AutoCloseable {

    /**
     * Keeps all the profiles, or none. What was appended survives {@code kill -9} once this returns, and is seen by every
     * later question. A profile whose id is known already is left out, so that a retry is safe: after an exception some
     * of the profiles may have been kept if they lie in different UTC days, and the retry brings the others.
     *
     * <p>Kept of a sample are its stack, its values and its text labels. Number labels (the offset {@code at}, Go's
     * {@code bytes}) are dropped and counted: samples that differ in nothing else are one.
     */
    AppendResult append(List<NewProfile> profiles) throws StoreException;

    /** The profile types that have samples in the range, by name. */
    List<TypeSummary> types(TimeRange range) throws StoreException;

    /** The label names and values, series' and samples', of what the question selects; both sorted. */
    Map<String, List<String>> labels(StoreQuery query) throws StoreException;

    /**
     * The merged stacks of what the question selects, with the one column of values that the selector means; an empty
     * tree when that is nothing.
     */
    StackTree merge(StoreQuery query) throws StoreException;

    /** As {@link #merge}, with a column for every sample type of the profile type. */
    StackTree mergeAllValues(StoreQuery query) throws StoreException;

    /**
     * Sums over time: one line for each set of values of the labels {@code by}.
     *
     * @param step length of a point; points start at multiples of it
     */
    List<PointSeries> series(StoreQuery query, Duration step, List<String> by) throws StoreException;

    /** The time of the first to the last sample held, if there is one. */
    Optional<TimeRange> extent() throws StoreException;

    /** Drops what lies wholly before an instant; may keep up to a day more. Returns the number of bytes given back. */
    long dropBefore(Instant instant) throws StoreException;

    /** What was done since the store was opened. */
    StoreStatistics statistics();

    @Override
    void close();

    /**
     * What became of an append.
     *
     * @param stored profiles kept now
     * @param known profiles that were there already
     */
    record AppendResult(int stored, int known) {}

    /**
     * One line of {@link #series}.
     *
     * @param labels the values of the labels asked for
     * @param unit unit of the values
     * @param timeNanos start of each point, ascending; points without samples are left out
     * @param value sum of each point
     */
    record PointSeries(Labels labels, String unit, long[] timeNanos, long[] value) {}
}
