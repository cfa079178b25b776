package dev.sonde.server.store;

/** The referee for tests of other packages. */
public final class ReferenceStores {

    private ReferenceStores() {}

    /** An empty store in memory. */
    public static ProfileStore inMemory() {
        return new MemoryProfileStore();
    }
}
