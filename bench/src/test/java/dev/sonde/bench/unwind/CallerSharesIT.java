package dev.sonde.bench.unwind;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import dev.sonde.agent.kernel.Sample;
import dev.sonde.bench.harness.Commands;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three functions call a fourth, without frame pointers: only the stack tells whose time it is. perf, which copies the
 * stacks and unwinds them later by the same {@code .eh_frame}, samples the same run.
 */
class CallerSharesIT {

    /** Of each: the difference of two shares then has a standard error of 0.9 points. */
    private static final int SAMPLES = 6_000;

    private static final int HERTZ = 997;
    private static final Map<String, Double> TRUE_SHARES = Map.of("half", 50.0, "third", 30.0, "fifth", 20.0);
    private static final double POINTS = 3;

    /** The program's stack is small; what perf cannot write in time it leaves out, by bursts, and shares with it. */
    private static final String PERF_STACK = "dwarf,4096";

    private static final String PERF_SECONDS = "7";

    /** Of perf's report: inclusive share, own share, symbol. */
    private static final Pattern ROW = Pattern.compile("([0-9.]+)% +[0-9.]+% +\\[\\.] (\\w+)");

    @TempDir
    private static Path folder;

    @BeforeAll
    static void requireRights() throws IOException {
        MixIT.requireRoot();
    }

    @Test
    void sharesAreThoseOfTheCallersAndPerfAgrees() throws Exception {
        // Not moved by the loader, so that addresses are nm's; not static, for perf wants an .eh_frame_hdr.
        List<String> command = MixProgram.c("callers", "-O2", "-fomit-frame-pointer", "-no-pie")
                .prepare(folder);
        Map<String, Double> shares;
        Map<String, Double> perf;
        Process process = MixRun.start(command, folder);
        try {
            CompletableFuture<Map<String, Double>> referee =
                    CompletableFuture.supplyAsync(() -> perfShares(process.pid()));
            shares = shares(process, functions(command.getFirst()));
            perf = referee.get();
        } finally {
            MixRun.end(process);
        }
        for (Map.Entry<String, Double> share : TRUE_SHARES.entrySet()) {
            assertThat(shares.get(share.getKey()))
                    .as("%s: %s", share.getKey(), shares)
                    .isCloseTo(share.getValue(), offset(POINTS))
                    .as("%s: %s, perf %s", share.getKey(), shares, perf)
                    .isCloseTo(perf.get(share.getKey()), offset(POINTS));
        }
    }

    private static Map<String, Double> shares(Process process, NavigableMap<Long, String> functions) throws Exception {
        Map<String, Double> samples = new HashMap<>();
        try (Sampling sampling = Sampling.start(HERTZ)) {
            sampling.process(process.pid());
            sampling.listen(sample -> samples.merge(caller(sample, functions), 1.0, Double::sum));
            while (sampling.samples() < SAMPLES && process.isAlive()) {
                sampling.take(process, Duration.ofMillis(500));
            }
        }
        double total =
                samples.values().stream().mapToDouble(Double::doubleValue).sum();
        samples.replaceAll((name, count) -> 100 * count / total);
        return samples;
    }

    /** The function below main. */
    private static String caller(Sample sample, NavigableMap<Long, String> functions) {
        for (int i = 1; i < sample.userDepth(); i++) {
            if (functions.floorEntry(sample.userWord(i) - 1).getValue().equals("main")) {
                return functions.floorEntry(sample.userWord(i - 1) - 1).getValue();
            }
        }
        return "none";
    }

    private static NavigableMap<Long, String> functions(String program) throws IOException, InterruptedException {
        NavigableMap<Long, String> functions = new TreeMap<>(Map.of(0L, "unknown"));
        Commands.output(folder, List.of("nm", program))
                .lines()
                .map(line -> line.split(" ", 3))
                .filter(words -> words.length == 3 && words[1].equalsIgnoreCase("t"))
                .forEach(words -> functions.put(Long.parseUnsignedLong(words[0], 16), words[2]));
        return functions;
    }

    /** Inclusive shares by perf's own unwinding; the true ones, said loudly, where there is no perf. */
    private static Map<String, Double> perfShares(long pid) {
        if (!Commands.isThere("perf")) {
            System.err.println("SKIPPED the referee perf --call-graph dwarf: no perf");
            return TRUE_SHARES;
        }
        try {
            String report = perfReport(pid);
            Map<String, Double> shares = new HashMap<>();
            Matcher row = ROW.matcher(report);
            while (row.find()) {
                shares.put(row.group(2), Double.valueOf(row.group(1)));
            }
            assertThat(shares).as(report).containsKeys("half", "third", "fifth");
            return shares;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while perf ran", e);
        }
    }

    private static String perfReport(long pid) throws IOException, InterruptedException {
        String data = folder.resolve("perf.data").toString();
        List<String> command =
                new ArrayList<>(List.of("perf", "record", "-q", "-e", "cpu-clock:u", "-F", Integer.toString(HERTZ)));
        command.addAll(List.of("--call-graph", PERF_STACK, "-o", data, "-p", Long.toString(pid)));
        command.addAll(List.of("--", "sleep", PERF_SECONDS));
        Commands.output(folder, command);
        return Commands.output(
                folder, List.of("perf", "report", "-i", data, "--stdio", "--children", "-g", "none", "-s", "symbol"));
    }
}
