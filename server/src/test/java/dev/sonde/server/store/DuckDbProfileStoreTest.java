package dev.sonde.server.store;

import dev.sonde.server.store.duckdb.DuckDbProfileStore;
import dev.sonde.server.store.duckdb.StoreSettings;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class DuckDbProfileStoreTest extends ProfileStoreContract {

    @TempDir
    private Path folder;

    @Override
    ProfileStore open() throws StoreException {
        return DuckDbProfileStore.open(folder, StoreSettings.defaults());
    }
}
