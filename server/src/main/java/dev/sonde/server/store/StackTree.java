package dev.sonde.server.store;

import dev.sonde.model.ValueType;
import java.util.List;

/**
 * Merged stacks as a tree in columns: node {@code i} stands for one path from a root; its parent has a smaller index.
 *
 * @param valueType what the values count
 * @param total sum over everything selected
 * @param parent index of each node's parent, -1 for a root
 * @param location index of each node's location
 * @param self what ended in the node
 * @param locations the locations that the nodes name
 */
public record StackTree(
        ValueType valueType, long total, int[] parent, int[] location, long[] self, List<StoredLocation> locations) {
    public StackTree {
        locations = List.copyOf(locations);
    }

    /** How many nodes there are. */
    public int size() {
        return parent.length;
    }
}
