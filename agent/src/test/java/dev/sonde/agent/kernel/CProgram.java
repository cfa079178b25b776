package dev.sonde.agent.kernel;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** A C program from the test resources, compiled and running: the real process that a test samples. */
final class CProgram implements AutoCloseable {
    private final Process process;
    private final BufferedReader output;
    private final TreeMap<Long, String> symbols = new TreeMap<>();

    private CProgram(Process process) {
        this.process = process;
        this.output = process.inputReader(StandardCharsets.UTF_8);
    }

    /**
     * Compiles {@code name}.c with frame pointers in every function: optimising, gcc leaves them out of leaves that need
     * no stack, whatever it is told.
     */
    static Path compile(Path folder, String name, String... options) throws IOException, InterruptedException {
        Path source = folder.resolve(name + ".c");
        try (InputStream in = CProgram.class.getResourceAsStream("/kernel/" + name + ".c")) {
            Files.write(source, in.readAllBytes());
        }
        Path program = folder.resolve(name);
        List<String> command = new ArrayList<>(List.of("cc", "-O0", "-fno-omit-frame-pointer"));
        command.addAll(List.of(options));
        command.addAll(List.of("-o", program.toString(), source.toString()));
        run(command);
        return program;
    }

    static void run(List<String> command) throws IOException, InterruptedException {
        Process tool = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(tool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (tool.waitFor() != 0) {
            throw new IOException(String.join(" ", command) + ": " + said);
        }
    }

    /** Starts a program and waits until it says that it is ready; what it says before are its symbols. */
    static CProgram start(Path program, String... arguments) throws IOException {
        CProgram started = startSilent(program, arguments);
        started.readUntil("ready").forEach((line) -> {
            int space = line.indexOf(' ');
            started.symbols.put(Long.decode(line.substring(space + 1)), line.substring(0, space));
        });
        return started;
    }

    /** Starts a program that says nothing. */
    static CProgram startSilent(Path program, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(List.of(arguments));
        return new CProgram(new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    }

    /** The lines up to the one that begins with a word. */
    List<String> readUntil(String word) {
        List<String> lines = new ArrayList<>();
        try {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                if (line.startsWith(word)) {
                    return lines;
                }
                lines.add(line);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        throw new IllegalStateException("output: " + lines + " (expected: a line \"" + word + "\")");
    }

    void writeLine() throws IOException {
        process.getOutputStream().write('\n');
        process.getOutputStream().flush();
    }

    boolean alive() {
        return process.isAlive();
    }

    int pid() {
        return (int) process.pid();
    }

    /** The function that an address belongs to, by the program's own words; empty outside. */
    String function(long address) {
        Map.Entry<Long, String> entry = symbols.floorEntry(address);
        return entry == null || entry.getValue().equals("etext") ? "" : entry.getValue();
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
