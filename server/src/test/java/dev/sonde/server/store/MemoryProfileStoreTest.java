package dev.sonde.server.store;

/** The referee keeps to the contract as well. */
class MemoryProfileStoreTest extends ProfileStoreContract {
    @Override
    ProfileStore open() {
        return new MemoryProfileStore();
    }
}
