package dev.sonde.server.symbols;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sonde.symbolizer.elf.ElfException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SymbolTablesTest {

    private static final String BUILD_ID = "ab12";

    @TempDir
    private Path root;

    private SymbolFolder folder;
    private DebuginfoFiles files;
    private SymbolTables tables;

    @BeforeEach
    void open() throws IOException {
        folder = SymbolFolder.open(root);
        files = DebuginfoFiles.open(folder, 1L << 30, Clock.systemUTC());
        tables = new SymbolTables(files, 1 << 20);
    }

    @Test
    void aFileThatCannotBeReadForAWhileStays() throws IOException {
        files.add(
                BUILD_ID,
                Files.copy(Path.of("/proc/self/exe"), folder.incoming().resolve("x")));
        Path debuginfo = folder.debuginfo(BUILD_ID);
        Path aside = root.resolve("aside");
        Files.move(debuginfo, aside);
        // Opening a link to itself fails with ELOOP, for root too.
        Files.createSymbolicLink(debuginfo, debuginfo);

        assertThatThrownBy(() -> tables.get(BUILD_ID))
                .isInstanceOf(IOException.class)
                .isNotInstanceOf(ElfException.class);
        assertThat(files.contains(BUILD_ID)).isTrue();

        Files.delete(debuginfo);
        Files.move(aside, debuginfo);
        assertThat(tables.get(BUILD_ID)).isPresent();
    }

    @Test
    void whatIsNoElfFileAnyMoreGoes() throws IOException {
        files.add(BUILD_ID, Files.writeString(folder.incoming().resolve("x"), "lost by the disk".repeat(10)));
        assertThat(tables.get(BUILD_ID)).isEmpty();
        assertThat(files.contains(BUILD_ID)).isFalse();
        assertThat(folder.debuginfo(BUILD_ID)).doesNotExist();
    }

    @Test
    void aFileThatIsGoneIsForgotten() throws IOException {
        files.add(BUILD_ID, Files.writeString(folder.incoming().resolve("x"), "removed"));
        Files.delete(folder.debuginfo(BUILD_ID));
        assertThat(tables.get(BUILD_ID)).isEmpty();
        assertThat(files.contains(BUILD_ID)).isFalse();
    }
}
