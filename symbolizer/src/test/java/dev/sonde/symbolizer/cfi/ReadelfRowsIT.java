package dev.sonde.symbolizer.cfi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sonde.symbolizer.fixture.ReferenceTool;
import dev.sonde.symbolizer.fixture.SystemFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every row of whole files, against readelf: compilers' output, hand-written assembly, signal trampolines, PLTs. */
class ReadelfRowsIT {

    private final Path readelf = ReferenceTool.require("readelf").file();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "libc.so.6",
                "ld-linux-x86-64.so.2",
                "libstdc++.so.6",
                "libcrypto.so.3",
                "libgcc_s.so.1",
                "libm.so.6"
            })
    void librariesAgree(String name) throws Exception {
        assertAgrees(SystemFiles.library(name), 100);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/bin/ls", "/usr/bin/python3", "/usr/bin/node", "/usr/bin/perl", "/bin/bash"})
    void programsAgree(String name) throws Exception {
        Path file = Path.of(name);
        assumeTrue(isElf(file), () -> "SKIPPED: no ELF file " + name + " on this machine");
        assertAgrees(file.toRealPath(), 100);
    }

    @Test
    void everyJdkOfThisMachineAgrees() throws Exception {
        assertAgrees(SystemFiles.jdk("lib/server/libjvm.so"), 30_000);
        Path other = Path.of("/usr/lib/jvm/java-17-openjdk-amd64/lib/server/libjvm.so");
        if (Files.exists(other)) {
            assertAgrees(other, 30_000);
        }
    }

    /** The largest that many machines have: 840,000 rows. */
    @Test
    void libLlvmAgrees() throws Exception {
        Optional<Path> found = IntStream.rangeClosed(11, 17)
                .mapToObj(version -> SystemFiles.findLibrary("libLLVM-" + version + ".so.1"))
                .flatMap(Optional::stream)
                .findFirst();
        assumeTrue(found.isPresent(), "SKIPPED: no libLLVM-11 to -17 on this machine");
        assertAgrees(found.get().toRealPath(), 30_000);
    }

    private void assertAgrees(Path file, int fewestFunctions) throws IOException, InterruptedException {
        RowsAgree.Result result = RowsAgree.compare(readelf, file, ".eh_frame");
        assertThat(result.fdes()).as("FDEs of %s", file).isGreaterThan(fewestFunctions);
        assertThat(result.rows()).as("rows of %s", file).isGreaterThan(result.fdes());
        assertThat(result.differences()).as("rows of %s", file).isEmpty();
    }

    private static boolean isElf(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            return false;
        }
        try (var in = Files.newInputStream(file)) {
            byte[] magic = in.readNBytes(4);
            return magic.length == 4 && magic[0] == 0x7f && magic[1] == 'E';
        }
    }
}
