package dev.sonde.server.query;

import dev.sonde.model.ValueType;
import dev.sonde.server.store.ProfileStore;
import dev.sonde.server.store.ReferenceStores;
import dev.sonde.server.store.StackTree;
import dev.sonde.server.store.StackTree.Period;
import dev.sonde.server.store.StackTree.ValueColumn;
import dev.sonde.server.store.StoredLocation;
import dev.sonde.server.store.TestProfiles;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Stores with few samples, and trees of any shape. */
public final class StackTrees {

    private StackTrees() {}

    /** A store with one CPU profile of these samples: stack, count, stack, count ... */
    static ProfileStore store(String... stacksAndValues) throws Exception {
        ProfileStore store = ReferenceStores.inMemory();
        TestProfiles profile = TestProfiles.cpu();
        for (int i = 0; i < stacksAndValues.length; i += 2) {
            profile.sample(stacksAndValues[i], Long.parseLong(stacksAndValues[i + 1]));
        }
        if (stacksAndValues.length > 0) {
            store.append(List.of(profile.at(TestProfiles.DAY, "cpu", "service", "test")));
        }
        return store;
    }

    /** A tree with one column of values. */
    public static StackTree of(int[] parent, int[] location, long[] self, List<StoredLocation> locations) {
        return new StackTree(
                List.of(new ValueColumn(
                        new ValueType("samples", "count"), Arrays.stream(self).sum(), self)),
                0,
                Period.UNKNOWN,
                parent,
                location,
                locations);
    }

    /** Roots without calls, each of a location of its own in which one value ended. */
    public static StackTree roots(int count) {
        int[] parent = new int[count];
        Arrays.fill(parent, -1);
        int[] location = new int[count];
        Arrays.setAll(location, node -> node);
        long[] self = new long[count];
        Arrays.fill(self, 1);
        List<StoredLocation> locations = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            locations.add(new StoredLocation("/bin/a", "", 0, 0, 0, i, List.of()));
        }
        return of(parent, location, self, locations);
    }
}
