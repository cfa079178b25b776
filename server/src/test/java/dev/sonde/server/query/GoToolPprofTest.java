package dev.sonde.server.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sonde.model.Labels;
import dev.sonde.model.ValueType;
import dev.sonde.pprof.PprofLimits;
import dev.sonde.pprof.PprofReader;
import dev.sonde.pprof.Profile;
import dev.sonde.server.store.NewProfile;
import dev.sonde.server.store.ProfileStore;
import dev.sonde.server.store.TestProfiles;
import dev.sonde.server.store.duckdb.DuckDbProfileStore;
import dev.sonde.server.store.duckdb.StoreSettings;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code go tool pprof -top} over profiles that Go wrote is the referee of our table over the same, stored. */
class GoToolPprofTest {

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"profile", "cpu-labels", "heap", "allocs", "mutex"})
    void theTableIsThatOfPprof(String name) throws Exception {
        GoToolPprof.assumePresent();
        Path file = folder.resolve(name + ".pb.gz");
        try (InputStream fixture = GoToolPprofTest.class.getResourceAsStream("/go-pprof/" + name + ".pb.gz")) {
            Files.copy(fixture, file);
        }
        Profile profile = new PprofReader(PprofLimits.defaults()).read(Files.readAllBytes(file));
        try (ProfileStore store = DuckDbProfileStore.open(folder.resolve("data"), StoreSettings.defaults())) {
            store.append(List.of(new NewProfile(new NewProfile.Id(1, 2), "go", Labels.empty(), profile)));
            for (ValueType type : profile.header().sampleTypes()) {
                String selector = "go." + type.type();
                TopFunctions top = new TopQuery(store, FrameNamer.ofLines())
                        .run(TestProfiles.query(selector, 0, Long.MAX_VALUE), TopQuery.MAX_LIMIT);
                assertThat(byName(top)).as(selector).isEqualTo(GoToolPprof.top(file, type));
            }
        }
    }

    private static Map<String, GoToolPprof.Row> byName(TopFunctions top) {
        Map<String, GoToolPprof.Row> rows = new TreeMap<>();
        for (TopFunctions.Function function : top.functions()) {
            assertThat(rows.put(function.name(), new GoToolPprof.Row(function.flat(), function.cum())))
                    .as(function.name())
                    .isNull();
        }
        return rows;
    }
}
