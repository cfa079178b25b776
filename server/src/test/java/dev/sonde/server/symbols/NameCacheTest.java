package dev.sonde.server.symbols;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sonde.server.store.StoredLocation.StoredLine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NameCacheTest {

    private static final int MAX_NAMES = 10;

    @TempDir
    private Path root;

    private SymbolFolder folder;
    private DebuginfoFiles files;
    private NameCache names;

    @BeforeEach
    void open() throws IOException {
        folder = SymbolFolder.open(root);
        files = DebuginfoFiles.open(folder, 1 << 20, Clock.systemUTC());
        names = new NameCache(
                folder,
                files,
                new Naming(name -> name),
                new SymbolLimits(1 << 20, 1 << 20, 1, Duration.ofMinutes(1), 1 << 20, MAX_NAMES, 1 << 20));
    }

    private void addDebuginfo(String buildId) throws IOException {
        files.add(buildId, Files.write(folder.incoming().resolve("x"), new byte[1]));
    }

    @Test
    void buildIdsOfWhichNothingIsHereCostNothing() {
        for (int i = 0; i < 100_000; i++) {
            assertThat(names.of("ab%06x".formatted(i))).isEmpty();
        }
        assertThat(names.builds()).isZero();
    }

    @Test
    void debuginfoThatComesLaterIsSeen() throws IOException {
        assertThat(names.of("abcd")).isEmpty();
        addDebuginfo("abcd");
        names.forgetUnnamed("abcd");
        assertThat(names.of("abcd")).isPresent();
    }

    @Test
    void betweenFlushesTheBoundHoldsAndNothingIsLost() throws IOException {
        for (int i = 0; i < 5; i++) {
            addDebuginfo("ab0" + i);
            BuildNames build = names.of("ab0" + i).orElseThrow();
            for (int address = 0; address < MAX_NAMES - 1; address++) {
                build.lines(address, at -> List.of(new StoredLine("f" + at, "f" + at, "", 0)));
            }
            assertThat(names.builds()).isLessThanOrEqualTo(2);
        }
        assertThat(names.of("ab00").orElseThrow().lines(3, address -> List.of()))
                .extracting(StoredLine::name)
                .containsExactly("f3");
    }
}
