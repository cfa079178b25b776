package dev.sonde.server.cli;

import java.nio.file.Path;
import java.util.Map;

/** Where data goes when nobody says: as the XDG Base Directory Specification has it. */
final class DataFolderDefault {

    private DataFolderDefault() {}

    static Path of(Map<String, String> environment, String home) {
        String own = environment.getOrDefault("SONDE_DATA", "");
        if (!own.isEmpty()) {
            return Path.of(own);
        }
        String shared = environment.getOrDefault("XDG_DATA_HOME", "");
        return shared.isEmpty() ? Path.of(home, ".local", "share", "sonde") : Path.of(shared, "sonde");
    }
}
