package dev.sonde.server.store.duckdb;

import dev.sonde.model.ValueType;
import dev.sonde.server.store.Cancellation;
import dev.sonde.server.store.Saturating;
import dev.sonde.server.store.StackTree;
import dev.sonde.server.store.StackTree.Period;
import dev.sonde.server.store.StackTree.ValueColumn;
import dev.sonde.server.store.StoreException;
import dev.sonde.server.store.StoredLocation;
import dev.sonde.server.store.dictionary.StackTable;
import dev.sonde.server.store.duckdb.day.DayMerge.DayTree;
import it.unimi.dsi.fastutil.objects.Object2IntOpenHashMap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Puts the trees of several days together by what their locations are, for each day has its own numbers. */
final class TreeMerger {

    /** Nodes of a merged tree: four full days of wholly different stacks. */
    private static final int MAX_NODES = 32 << 20;

    private final StackTable nodes = new StackTable(MAX_NODES);
    private final Object2IntOpenHashMap<StoredLocation> locationIds = new Object2IntOpenHashMap<>();
    private final List<StoredLocation> locations = new ArrayList<>();
    private final long[][] self;
    private final long[] total;
    private DayTree only;

    TreeMerger(int values) {
        this.self = new long[values][0];
        this.total = new long[values];
    }

    void add(DayTree tree) throws StoreException {
        if (tree.parent().length == 0) {
            return;
        }
        if (only == null && nodes.size() == 0) {
            only = tree;
            return;
        }
        if (only != null) {
            DayTree first = only;
            only = null;
            addNodes(first);
        }
        addNodes(tree);
    }

    private void addNodes(DayTree tree) throws StoreException {
        Cancellation.Steps steps = Cancellation.steps();
        int[] location = tree.locations().stream().mapToInt(this::location).toArray();
        int[] node = new int[tree.parent().length];
        for (int i = 0; i < node.length; i++) {
            steps.next();
            int parent = tree.parent()[i] < 0 ? StackTable.NO_PARENT : node[tree.parent()[i]];
            node[i] = nodes.child(parent, location[tree.location()[i]]);
        }
        for (int value = 0; value < self.length; value++) {
            self[value] = Arrays.copyOf(self[value], nodes.size());
            for (int i = 0; i < node.length; i++) {
                self[value][node[i]] = Saturating.add(self[value][node[i]], tree.self()[value][i]);
            }
            total[value] = Saturating.add(total[value], tree.total()[value]);
        }
    }

    private int location(StoredLocation location) {
        return locationIds.computeIfAbsent(location, key -> {
            locations.add(location);
            return locations.size() - 1;
        });
    }

    /** The tree of all days. */
    StackTree tree(List<ValueType> types, int selected, Period period) {
        DayTree merged = only;
        if (merged == null) {
            StackTable.View view = nodes.view();
            int[] parent = Arrays.copyOf(view.parent(), view.count());
            int[] location = Arrays.copyOf(view.location(), view.count());
            merged = new DayTree(parent, location, self, total, locations);
        }
        List<ValueColumn> columns = new ArrayList<>();
        for (int i = 0; i < types.size(); i++) {
            columns.add(new ValueColumn(types.get(i), merged.total()[i], merged.self()[i]));
        }
        return new StackTree(columns, selected, period, merged.parent(), merged.location(), merged.locations());
    }
}
