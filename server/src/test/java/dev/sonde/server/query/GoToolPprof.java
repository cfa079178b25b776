package dev.sonde.server.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sonde.model.ValueType;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** {@code go tool pprof}, as a referee. */
public final class GoToolPprof {

    private GoToolPprof() {}

    /** Flat and cumulative value of a function. */
    public record Row(long flat, long cum) {}

    /** The table of a profile's values of one type, by function. */
    public static Map<String, Row> top(Path file, ValueType type) throws IOException, InterruptedException {
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

    /** Skips the test that calls it where there is no Go. */
    public static void assumePresent() {
        assumeTrue(isPresent(), "SKIPPED: go is not on the PATH, so go tool pprof cannot be the referee");
    }

    private static boolean isPresent() {
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
