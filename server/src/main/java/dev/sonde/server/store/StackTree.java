package dev.sonde.server.store;

import dev.sonde.model.ValueType;
import java.util.List;

/**
 * Merged stacks as a tree in columns: node {@code i} stands for one path of locations from a root; its parent has a
 * smaller index. No two nodes stand for the same path. Nodes under which nothing was counted are left out.
 *
 * @param values one column for each sample type that was asked for; never empty
 * @param selected index of the column that the question's selector means
 * @param period what was counted to take a sample
 * @param parent index of each node's parent, -1 for a root
 * @param location index of each node's location
 * @param locations the locations that the nodes name
 */
public record StackTree(
        List<ValueColumn> values,
        int selected,
        Period period,
        int[] parent,
        int[] location,
        List<StoredLocation> locations) {

    private static final StackTree EMPTY = new StackTree(
            List.of(new ValueColumn(new ValueType("", ""), 0, new long[0])),
            0,
            Period.UNKNOWN,
            new int[0],
            new int[0],
            List.of());

    public StackTree {
        values = List.copyOf(values);
        locations = List.copyOf(locations);
    }

    /**
     * What one sample type adds up to. Sums that leave the range of a long stay at its end.
     *
     * @param type what the values count
     * @param total sum over everything selected
     * @param self what ended in each node
     */
    public record ValueColumn(ValueType type, long total, long[] self) {}

    /**
     * Events between two samples.
     *
     * @param type what is counted; empty strings where the profiles do not agree or do not say
     * @param count how many; 0 where the profiles do not agree or do not say
     */
    public record Period(ValueType type, long count) {
        /** Profiles do not agree, or do not say. */
        public static final Period UNKNOWN = new Period(new ValueType("", ""), 0);
    }

    /** The tree of nothing; its value type and unit are empty. */
    public static StackTree empty() {
        return EMPTY;
    }

    /** How many nodes there are. */
    public int size() {
        return parent.length;
    }

    /** What the selected values count. */
    public ValueType valueType() {
        return values.get(selected).type();
    }

    /** Sum of the selected values. */
    public long total() {
        return values.get(selected).total();
    }

    /** What of the selected values ended in each node. */
    public long[] self() {
        return values.get(selected).self();
    }
}
