package dev.sonde.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sonde.bench.harness.CProgram;
import dev.sonde.bench.harness.Commands;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A program that spends 50, 30 and 20 % of its time in three functions, through the whole way: kernel, agent, server,
 * symbols, {@code /pprof} and {@code go tool pprof}. {@code perf} samples the same run.
 */
@Timeout(180)
class SharesE2E {

    private static final int HERTZ = 499;
    private static final int ENOUGH = 3000;
    private static final Map<String, Double> TRUE_SHARES = Map.of("half", 50.0, "third", 30.0, "fifth", 20.0);
    private static final double POINTS = 3;

    /** Of go tool pprof's table: flat, flat%, sum%, cum, cum%, name. */
    private static final Pattern TOP =
            Pattern.compile("\\s*(\\d+)\\s+[0-9.]+%\\s+[0-9.]+%\\s+\\d+\\s+[0-9.]+%\\s+(\\w+)");

    private static final Pattern PERF = Pattern.compile("([0-9.]+)% +\\[\\.] (\\w+)");

    @TempDir
    Path folder;

    @Test
    void knownSharesComeOutOfTheServersPprof() throws Exception {
        AgentProcess.assumeRights();
        assumeThat(Commands.isThere("go"))
                .as("SKIPPED: go is not on the PATH, so go tool pprof cannot read the answer")
                .isTrue();
        try (ServerProcess server = ServerProcess.start(folder);
                AgentProcess agent = AgentProcess.start(folder, server, HERTZ)) {
            Process program =
                    new ProcessBuilder(CProgram.compile(folder, "shares").toString(), "600").start();
            try {
                Map<String, Double> perf = perfShares(program.pid());
                awaitSamples(server);
                assertClose(pprofShares(server), TRUE_SHARES, "the truth");
                assertClose(pprofShares(server), perf, "perf's");
            } finally {
                program.destroyForcibly().waitFor();
            }
        }
    }

    private void awaitSamples(ServerProcess server) throws IOException, InterruptedException {
        ObjectMapper json = new ObjectMapper();
        long samples = 0;
        // Names come with the symbols, which are uploaded beside the first profiles.
        while (samples < ENOUGH || !named(server)) {
            LockSupport.parkNanos(200_000_000);
            JsonNode top = json.readTree(server.get("/api/v1/top?query=cpu.samples%7Bservice%3D%22shares%22%7D"));
            samples = top.path("total").asLong();
        }
    }

    private static boolean named(ServerProcess server) throws IOException, InterruptedException {
        return server.get("/api/v1/top?query=cpu%7Bservice%3D%22shares%22%7D").contains("\"half\"");
    }

    private Map<String, Double> pprofShares(ServerProcess server) throws IOException, InterruptedException {
        String top = Commands.output(
                folder,
                List.of(
                        "go",
                        "tool",
                        "pprof",
                        "-top",
                        "-nodecount=1000",
                        "-nodefraction=0",
                        "-sample_index=samples",
                        server.url() + "/pprof?query=cpu{service=\"shares\"}"));
        Map<String, Double> samples = new TreeMap<>();
        double total = 0;
        for (String line : top.lines().toList()) {
            Matcher row = TOP.matcher(line);
            if (row.lookingAt()) {
                samples.merge(row.group(2), Double.valueOf(row.group(1)), Double::sum);
                total += Double.parseDouble(row.group(1));
            }
        }
        assertThat(total).as(top).isGreaterThanOrEqualTo(ENOUGH);
        double all = total;
        samples.replaceAll((name, value) -> 100 * value / all);
        return samples;
    }

    /** The shares of perf's own samples of the process; the truth where there is no perf. */
    private Map<String, Double> perfShares(long pid) throws IOException, InterruptedException {
        if (!Commands.isThere("perf")) {
            return TRUE_SHARES;
        }
        String data = folder.resolve("perf.data").toString();
        Commands.output(
                folder,
                List.of(
                        "perf",
                        "record",
                        "-q",
                        "-e",
                        "cpu-clock",
                        "-F",
                        "999",
                        "-o",
                        data,
                        "-p",
                        Long.toString(pid),
                        "--",
                        "sleep",
                        "6"));
        String report = Commands.output(
                folder, List.of("perf", "report", "-i", data, "--stdio", "--no-children", "-s", "symbol"));
        Map<String, Double> shares = new TreeMap<>();
        Matcher line = PERF.matcher(report);
        while (line.find()) {
            shares.put(line.group(2), Double.valueOf(line.group(1)));
        }
        return shares;
    }

    private static void assertClose(Map<String, Double> shares, Map<String, Double> expected, String whose) {
        for (String function : TRUE_SHARES.keySet()) {
            assertThat(shares.get(function))
                    .as("%s against %s: %s and %s", function, whose, shares, expected)
                    .isCloseTo(expected.get(function), offset(POINTS));
        }
    }
}
