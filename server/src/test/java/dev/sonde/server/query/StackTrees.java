package dev.sonde.server.query;

import dev.sonde.server.store.ProfileStore;
import dev.sonde.server.store.ReferenceStores;
import dev.sonde.server.store.TestProfiles;
import java.util.List;

/** Stores with few samples. */
final class StackTrees {

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
}
