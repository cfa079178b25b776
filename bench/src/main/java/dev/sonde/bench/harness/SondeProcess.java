package dev.sonde.bench.harness;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** One of Sonde's own programs, started through the launcher as a user would. */
public final class SondeProcess implements AutoCloseable {

    /** Long enough for a server to drain and for an agent's last window. */
    private static final long STOP_SECONDS = 30;

    private final Process process;
    private final BufferedReader output;

    private SondeProcess(Process process) {
        this.process = process;
        this.output = process.inputReader(StandardCharsets.UTF_8);
    }

    /** Starts {@code ./sonde ARGUMENTS...}; its errors go to a file beside the scratch data. */
    public static SondeProcess start(BenchContext context, String... arguments) throws IOException {
        List<String> command =
                new ArrayList<>(List.of(context.root().resolve("sonde").toString()));
        command.addAll(List.of(arguments));
        Path log = context.scratch().resolve(arguments[0] + ".log");
        return new SondeProcess(new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start());
    }

    /** Starts a server on a free port over fresh data. */
    public static SondeProcess server(BenchContext context) throws IOException {
        return start(
                context,
                "server",
                "--listen",
                "127.0.0.1:0",
                "--data",
                context.scratch().resolve("data").toString());
    }

    /** The next line of its output; what a server prints first is its URL. */
    public String readLine() throws IOException {
        String line = output.readLine();
        if (line == null) {
            throw new IOException("the program ended before it said anything");
        }
        return line;
    }

    /** The process id; the launcher becomes the program, so that it is the JVM's. */
    public long pid() {
        return process.pid();
    }

    /** What it uses. */
    public ProcessUsage usage() {
        return new ProcessUsage(process.pid());
    }

    /** Ends it by SIGTERM and waits. */
    @Override
    public void close() throws IOException {
        process.destroy();
        try {
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IOException("the program did not end within " + STOP_SECONDS + " s");
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
