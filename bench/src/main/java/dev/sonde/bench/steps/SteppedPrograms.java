package dev.sonde.bench.steps;

import dev.sonde.bench.harness.Commands;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The programs that are stepped, and the tracer, compiled from the resources into a folder. */
final class SteppedPrograms {

    private final Path folder;

    SteppedPrograms(Path folder) {
        this.folder = folder;
    }

    Tracer tracer() throws IOException, InterruptedException {
        return new Tracer(compile("tracer.c", "tracer"));
    }

    /** The C library: sorting with a callback, formatting, copying, allocating; calls go through lazy binding. */
    SteppedProgram libc() throws IOException, InterruptedException {
        return program("libc", compile("libc.c", "libc", "-fomit-frame-pointer", "-lm"));
    }

    /** The C library writing and reading floating-point numbers. */
    SteppedProgram numbers() throws IOException, InterruptedException {
        return new SteppedProgram("libc numbers", List.of(libc().command().getFirst(), "numbers"));
    }

    /** The same without a dynamic linker: it relocates itself, and asks its resolvers which functions to take. */
    SteppedProgram staticPie() throws IOException, InterruptedException {
        return program("static-pie", compile("libc.c", "static", "-fomit-frame-pointer", "-static-pie", "-lm"));
    }

    /** The C++ library: streams, containers, strings, locales. */
    SteppedProgram cppLibrary() throws IOException, InterruptedException {
        return program("libstdc++", compile("library.cc", "library", "-fomit-frame-pointer"));
    }

    /** Exceptions through frames with and without something to clean up. */
    SteppedProgram exceptions() throws IOException, InterruptedException {
        return program("C++ exceptions", compile("throwing.cc", "throwing", "-fomit-frame-pointer"));
    }

    /** Signal handlers, on the stack and on one of their own. */
    SteppedProgram signals() throws IOException, InterruptedException {
        return program("signals", compile("signals.c", "signals", "-fomit-frame-pointer"));
    }

    /** The start of the system's Python. */
    SteppedProgram python() throws IOException, InterruptedException {
        // What is on the PATH may be a script that starts another one.
        String path = Commands.output(
                folder, List.of("python3", "-c", "import os, sys; print(os.path.realpath(sys.executable))"));
        return new SteppedProgram("python3", List.of(path.strip(), "-S", "-E", "-c", "import json"));
    }

    /** The dynamic linker, as it loads and binds the C++ program. */
    SteppedProgram dynamicLinker() throws IOException, InterruptedException {
        return new SteppedProgram("ld.so", cppLibrary().command());
    }

    private static SteppedProgram program(String name, Path file) {
        return new SteppedProgram(name, List.of(file.toString()));
    }

    private Path compile(String source, String name, String... flags) throws IOException, InterruptedException {
        Path file = folder.resolve(source);
        try (InputStream in = SteppedPrograms.class.getResourceAsStream("/dev/sonde/bench/steps/" + source)) {
            Files.write(file, in.readAllBytes());
        }
        Path out = folder.resolve(name);
        String compiler = source.endsWith(".cc") ? "c++" : "cc";
        List<String> command = new ArrayList<>(List.of(compiler, "-O2", "-o", out.toString(), file.toString()));
        command.addAll(List.of(flags));
        Commands.output(folder, command);
        return out;
    }
}
