package dev.sonde.server.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

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
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code go tool pprof -top} over profiles that Go wrote is the referee of our table over the same, stored. */
class GoToolPprofTest {

    @TempDir
    private Path folder;

    /** Flat and cumulative value of a function. */
    private record Row(long flat, long cum) {}

    @ParameterizedTest
    @ValueSource(strings = {"profile", "cpu-labels", "heap", "allocs", "mutex"})
    void theTableIsThatOfPprof(String name) throws Exception {
        assumeTrue(hasGo(), "SKIPPED: go is not on the PATH, so go tool pprof cannot be the referee");
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
                assertThat(byName(top)).as(selector).isEqualTo(pprof(file, type));
            }
        }
    }

    private static Map<String, Row> byName(TopFunctions top) {
        Map<String, Row> rows = new TreeMap<>();
        for (TopFunctions.Function function : top.functions()) {
            assertThat(rows.put(function.name(), new Row(function.flat(), function.cum())))
                    .as(function.name())
                    .isNull();
        }
        return rows;
    }

    private static Map<String, Row> pprof(Path file, ValueType type) throws IOException, InterruptedException {
        String unit = Map.of("nanoseconds", "ns", "bytes", "b").getOrDefault(type.unit(), type.unit());
        List<String> lines = run(
                "go",
                "tool",
                "pprof",
                "-top",
                "-nodecount=1000000",
                "-nodefraction=0",
                "-edgefraction=0",
                "-unit=" + unit,
                "-sample_index=" + type.type(),
                file.toString());
        Map<String, Row> rows = new TreeMap<>();
        boolean table = false;
        for (String line : lines) {
            if (table) {
                // flat flat% sum% cum cum% name
                String[] words = line.trim().split("\\s+", 6);
                String name = words[5].replaceFirst(" \\((partial-)?inline\\)$", "");
                rows.put(name, new Row(number(words[0]), number(words[3])));
            }
            table |= line.trim().startsWith("flat ");
        }
        return rows;
    }

    private static long number(String withUnit) {
        return Long.parseLong(withUnit.replaceFirst("[a-zA-Z]+$", ""));
    }

    private static boolean hasGo() {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator, -1))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, "go")));
    }

    private static List<String> run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        List<String> lines;
        try (var reader = process.inputReader(StandardCharsets.UTF_8)) {
            lines = reader.lines().toList();
        }
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).isZero();
        return lines;
    }
}
