package dev.sonde.bench.fuzz;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Jazzer in a JVM of its own, for one target. */
final class JazzerRun {

    private static final Pattern EXECUTED = Pattern.compile("stat::number_of_executed_units: (\\d+)");
    private static final Pattern COVERED = Pattern.compile("cov: (\\d+)");

    /** An input that takes longer is a fault. */
    private static final int MAX_INPUT_SECONDS = 10;

    private static final int MAX_INPUT_BYTES = 16 << 10;

    /**
     * What came out.
     *
     * @param inputs tried
     * @param coverage edges of the readers that were reached
     * @param fault what was found, empty where nothing was
     */
    record Result(long inputs, long coverage, String fault) {}

    private JazzerRun() {}

    /**
     * Runs a target.
     *
     * @param template the target's {@link Template}
     * @param seeds the first inputs
     * @param folder for inputs found, made by this
     */
    static Result run(Class<?> target, Path template, List<byte[]> seeds, Path folder, long seconds, PrintStream log)
            throws IOException, InterruptedException {
        Path corpus = Files.createDirectories(folder.resolve("corpus"));
        for (int i = 0; i < seeds.size(); i++) {
            Files.write(corpus.resolve("seed" + i), seeds.get(i));
        }
        Process process = new ProcessBuilder(command(target, template, corpus, folder, seconds))
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        long inputs = 0;
        long coverage = 0;
        List<String> fault = new ArrayList<>();
        try (BufferedReader said = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = said.readLine(); line != null; line = said.readLine()) {
                inputs = Math.max(inputs, number(EXECUTED, line));
                coverage = Math.max(coverage, number(COVERED, line));
                if (line.startsWith("== Java Exception") || line.contains("ERROR: ") || !fault.isEmpty()) {
                    fault.add(line);
                }
            }
        } finally {
            process.destroyForcibly();
        }
        int exit = process.waitFor();
        fault.forEach(log::println);
        String found = exit == 0 ? "" : fault.isEmpty() ? "exit code " + exit : fault.getFirst();
        return new Result(inputs, coverage, found);
    }

    private static List<String> command(Class<?> target, Path template, Path corpus, Path folder, long seconds) {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:+EnableDynamicAgentLoading",
                "-Xmx512m",
                "-D" + Template.PROPERTY + "=" + template,
                "-cp",
                System.getProperty("java.class.path"),
                "com.code_intelligence.jazzer.Jazzer",
                "--target_class=" + target.getName(),
                "--instrumentation_includes=dev.sonde.symbolizer.**:dev.sonde.agent.jvm.**",
                "--custom_hook_includes=dev.sonde.none.**",
                "--reproducer_path=" + folder,
                "-artifact_prefix=" + folder + "/",
                "-max_total_time=" + seconds,
                "-timeout=" + MAX_INPUT_SECONDS,
                "-max_len=" + MAX_INPUT_BYTES,
                "-rss_limit_mb=2048",
                "-print_final_stats=1",
                "-seed=1",
                corpus.toString());
    }

    private static long number(Pattern pattern, String line) {
        Matcher found = pattern.matcher(line);
        return found.find() ? Long.parseLong(found.group(1)) : 0;
    }
}
