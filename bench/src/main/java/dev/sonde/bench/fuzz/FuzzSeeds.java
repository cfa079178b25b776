package dev.sonde.bench.fuzz;

import dev.sonde.bench.harness.Commands;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** Small sound files that damage begins with, compiled into a folder. */
final class FuzzSeeds {

    private static final String GO = "package main\n\nfunc main() { println(\"sonde\") }\n";

    private final Path folder;

    FuzzSeeds(Path folder) {
        this.folder = folder;
    }

    /** A library of C code, a few KiB. */
    Path library() throws IOException, InterruptedException {
        return compile("cc", "libc.c");
    }

    /** The same with exceptions: personalities, landing pads, functions in two parts. */
    Path exceptions() throws IOException, InterruptedException {
        return compile("c++", "throwing.cc");
    }

    private Path compile(String compiler, String source) throws IOException, InterruptedException {
        Path file = folder.resolve(source);
        try (InputStream in = FuzzSeeds.class.getResourceAsStream("/dev/sonde/bench/steps/" + source)) {
            Files.write(file, in.readAllBytes());
        }
        Path out = folder.resolve(source + ".so");
        run(compiler, "-O2", "-s", "-shared", "-fPIC", "-nostdlib", "-Wl,-z,noseparate-code", "-o", out, file);
        return out;
    }

    /** A Go program without symbols. */
    Path go() throws IOException, InterruptedException {
        Path source = Files.writeString(folder.resolve("main.go"), GO);
        Path out = folder.resolve("go-program");
        run("go", "build", "-ldflags=-s -w", "-o", out, source);
        return out;
    }

    private void run(Object... words) throws IOException, InterruptedException {
        Commands.output(folder, Arrays.stream(words).map(Object::toString).toList());
    }
}
