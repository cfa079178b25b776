package dev.sonde.server.wiring;

import static dev.sonde.server.wiring.TestServer.resource;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code go tool pprof} reads what /pprof answers as it reads the file that came in. */
final class GoToolPprofIT {

    @TempDir
    private Path data;

    private static boolean hasGo() {
        return Arrays.stream(System.getenv("PATH").split(":"))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, "go")));
    }

    private String pprof(String... arguments) throws IOException, InterruptedException {
        List<String> command = Stream.concat(Stream.of("go", "tool", "pprof"), Arrays.stream(arguments))
                .toList();
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().put("PPROF_TMPDIR", data.toString());
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        // The head differs: a question has a range of its own.
        return output.substring(output.indexOf("Showing nodes"));
    }

    @Test
    void topOfAUrlIsTopOfTheFile() throws IOException, InterruptedException {
        assumeTrue(hasGo(), "SKIPPED: go is not on the PATH, so go tool pprof cannot be the referee");
        byte[] recorded = resource("/go-pprof/cpu-labels.pb.gz");
        Path file = Files.write(data.resolve("recorded.pb.gz"), recorded);
        TestServer server = TestServer.start(data.resolve("server"));
        try {
            server.post(recorded, "?label=service=demo");
            String url = "http://localhost:" + server.port() + "/pprof?query=cpu{}";

            assertThat(pprof("-top", "-nodecount=1000", url))
                    .isEqualTo(pprof("-top", "-nodecount=1000", file.toString()));
            assertThat(pprof("-top", "-sample_index=samples", url))
                    .isEqualTo(pprof("-top", "-sample_index=samples", file.toString()));
            assertThat(pprof("-top", url.replace("{}", "{route=\"/hot\"}")))
                    .isEqualTo(pprof("-top", "-relative_percentages", "-tagfocus=route=/hot", file.toString()));
            assertThat(pprof("-top", "-seconds=3600", url)).isEqualTo(pprof("-top", file.toString()));
        } finally {
            server.close();
        }
    }
}
