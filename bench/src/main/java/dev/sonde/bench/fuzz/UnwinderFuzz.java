package dev.sonde.bench.fuzz;

import dev.sonde.bench.snapshot.StackSnapshot;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The unwinder over damaged snapshots, built with the address and undefined-behaviour sanitizers (unwind.c). */
final class UnwinderFuzz {

    private final Path program;
    private final List<String> snapshots = new ArrayList<>();

    /** The compiler has no sanitizers here. */
    static final class NoSanitizerException extends IOException {
        private static final long serialVersionUID = 1L;

        NoSanitizerException(String said) {
            super("clang -fsanitize=address,undefined: " + said + " (expected: clang with its compiler-rt)");
        }
    }

    /**
     * What came out.
     *
     * @param rounds done
     * @param fault what the sanitizers said and the seed, empty where nothing was wrong
     * @param outcomes how often each outcome was seen, by number
     */
    record Result(long rounds, String fault, List<Long> outcomes) {}

    /**
     * Builds it into a folder.
     *
     * @param root the repository's
     */
    UnwinderFuzz(Path root, Path folder) throws IOException, InterruptedException {
        Path headers = root.resolve("bpf/src/main/bpf");
        checkSanitizers(folder);
        Path source = folder.resolve("unwind.c");
        try (InputStream in = UnwinderFuzz.class.getResourceAsStream("/dev/sonde/bench/fuzz/unwind.c")) {
            Files.write(source, in.readAllBytes());
        }
        program = folder.resolve("unwind-fuzz");
        String said = compile(
                program, source.toString(), headers.resolve("unwind/host.c").toString(), "-I", headers.toString());
        if (!Files.exists(program)) {
            throw new IOException("clang: " + said);
        }
        for (String name : kept()) {
            Path file = folder.resolve(name + ".snapshot");
            Files.write(file, StackSnapshot.keptBytes(name));
            snapshots.add(file.toString());
        }
    }

    private static List<String> kept() {
        return Stream.concat(StackSnapshot.KEPT.stream(), StackSnapshot.KEPT_OF_JVMS.stream())
                .toList();
    }

    private static void checkSanitizers(Path folder) throws IOException, InterruptedException {
        Path source = Files.writeString(folder.resolve("empty.c"), "int main(void) { return 0; }\n");
        Path empty = folder.resolve("empty");
        String said = compile(empty, source.toString());
        if (!Files.exists(empty)) {
            throw new NoSanitizerException(said.strip());
        }
    }

    private static String compile(Path out, String... sourcesAndFlags) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                "clang",
                "-O1",
                "-g",
                "-Wall",
                "-Wextra",
                "-Wno-unused-parameter",
                "-fsanitize=address,undefined",
                "-fno-sanitize-recover=all",
                "-o",
                out.toString()));
        command.addAll(List.of(sourcesAndFlags));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return said;
    }

    /** Damages and unwinds until the rounds or the seconds are over, or something is wrong. */
    Result run(long firstSeed, long rounds, long seconds) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(
                List.of(program.toString(), Long.toString(firstSeed), Long.toString(rounds), Long.toString(seconds)));
        command.addAll(snapshots);
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int exit = process.waitFor();
        if (exit != 0) {
            return new Result(0, said.isBlank() ? "exit code " + exit : said, List.of());
        }
        List<Long> outcomes = new ArrayList<>();
        long done = 0;
        for (String line : said.lines().toList()) {
            String[] words = line.split(" ", -1);
            if (words[0].equals("rounds")) {
                done = Long.parseLong(words[1]);
            } else if (words[0].equals("outcome")) {
                outcomes.add(Long.parseLong(words[2]));
            }
        }
        return new Result(done, "", outcomes);
    }
}
