package dev.sonde.agent.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sonde.model.ValueType;
import dev.sonde.pprof.Profile;
import dev.sonde.pprof.ProfileBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OutputFileTest {

    @TempDir
    Path directory;

    private static Profile profile() {
        ProfileBuilder builder =
                new ProfileBuilder(List.of(new ValueType("samples", "count"), new ValueType("cpu", "nanoseconds")));
        int mapping = builder.mapping(0x1000, 0x2000, 0, "/lib/libshop.so", "abcd", false);
        int kernel = builder.mapping(0, 0, 0, "[kernel]", "", true);
        int unnamed = builder.location(mapping, 0x1234, List.of());
        int inlined = builder.location(
                mapping,
                0x1300,
                List.of(
                        new ProfileBuilder.Line(builder.function("pay(int; char)", "pay", "", 0), 0),
                        new ProfileBuilder.Line(builder.function("main", "main", "", 0), 0)));
        int sys = builder.location(
                kernel, 0, List.of(new ProfileBuilder.Line(builder.function("sys\nread", "sys", "", 0), 0)));
        builder.frame(unnamed).frame(inlined).endSample(3, 30);
        builder.frame(unnamed).frame(inlined).label("thread", "other").endSample(4, 40);
        builder.frame(sys).frame(unnamed).endSample(1, 10);
        return builder.build(1, new ValueType("cpu", "nanoseconds"), 10, 1, 1);
    }

    @Test
    void collapsedStacksHaveTheRootFirstAndOneLineEach() throws IOException {
        Path file = directory.resolve("x.collapsed");
        OutputFile.parse(file.toString()).write(profile());
        assertThat(file)
                .content()
                .isEqualTo("[libshop.so+0x1234];sys read 1\nmain;pay(int: char);[libshop.so+0x1234] 7\n");
    }

    @Test
    void aFileIsReplacedAsAWhole() throws IOException {
        Path file = Files.writeString(directory.resolve("x.pb.gz"), "before");
        OutputFile.parse(file.toString()).write(profile());
        assertThat(Files.readAllBytes(file)).startsWith(0x1f, 0x8b);
        try (var files = Files.list(directory)) {
            assertThat(files).containsExactly(file);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"x.html", "x.svg", "x", "x.pb", ".gz"})
    void otherEndingsAreRefused(String name) {
        assertThatThrownBy(() -> OutputFile.parse(directory.resolve(name).toString()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(name)
                .hasMessageContaining("expected: FILE.pb.gz or FILE.collapsed");
    }

    @Test
    void htmlIsSaidToBeMissing() {
        assertThatThrownBy(() -> OutputFile.parse(directory.resolve("x.html").toString()))
                .hasMessageContaining(".html are not there yet");
    }

    @Test
    void placesThatCannotHoldAFileAreRefused() throws IOException {
        Files.createDirectory(directory.resolve("d.pb.gz"));
        assertThatThrownBy(() -> OutputFile.parse(directory.resolve("d.pb.gz").toString()))
                .hasMessageContaining("is a directory");
        assertThatThrownBy(() -> OutputFile.parse(directory + "/missing/x.pb.gz"))
                .hasMessageContaining("expected: in a directory that exists");
        assertThatThrownBy(() -> OutputFile.parse("x\0.pb.gz")).hasMessageContaining("expected: a path");
    }
}
