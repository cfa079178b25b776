package dev.sonde.agent.record;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sonde.agent.fixture.CompiledJava;
import dev.sonde.agent.fixture.InstalledJdk;
import dev.sonde.agent.fixture.KernelRights;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The first seconds of a JVM, from its first instruction on: most of it is interpreted, and the JVM not known yet. */
@Tag("kernel")
class JvmStartIT {

    private static final int HERTZ = 499;

    @TempDir
    Path directory;

    @BeforeEach
    void requireRights() throws IOException {
        KernelRights.require();
    }

    @ParameterizedTest
    @ValueSource(ints = {17, 25})
    void stacksAreWholeFromTheStart(int release) throws Exception {
        CompiledJava.classes(directory, "/fixture/java/KnownShares.java", 17);
        Path file = directory.resolve("recorded.collapsed");
        ByteArrayOutputStream told = new ByteArrayOutputStream();
        RecordOptions options = new RecordOptions(
                Optional.of(Duration.ofSeconds(3)),
                OptionalLong.empty(),
                List.of(InstalledJdk.java(release), "-cp", directory.toString(), "KnownShares", "inlined"),
                HERTZ,
                OutputFile.parse(file.toString()),
                false);
        new Recorder(options, new Console(new PrintStream(told, true, StandardCharsets.UTF_8))).run();
        long all = 0;
        long whole = 0;
        long ofJava = 0;
        for (String line : Files.readAllLines(file)) {
            long samples = Long.parseLong(line.substring(line.lastIndexOf(' ') + 1));
            all += samples;
            whole += line.contains("[truncated") ? 0 : samples;
            ofJava += line.contains(";KnownShares.main") || line.contains(";java.lang.") ? samples : 0;
        }
        assertThat(ofJava).as("in Java code of %d; %s", all, told).isGreaterThan(all / 10);
        assertThat(100.0 * whole / all).as("whole of %d; %s", all, told).isGreaterThanOrEqualTo(98);
    }
}
