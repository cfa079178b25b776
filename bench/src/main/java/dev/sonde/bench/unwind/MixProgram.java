package dev.sonde.bench.unwind;

import dev.sonde.bench.harness.Commands;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A program whose stacks are to be unwound.
 *
 * @param name what it shows
 * @param source the resource that it is made of; empty where it is a program of the machine
 * @param tool what must be on the machine: a compiler or an interpreter
 * @param compile the command that makes {@code program} of {@code source}; empty where there is nothing to compile
 * @param run the command, {@code program} and {@code source} standing for those files
 */
record MixProgram(String name, String source, String tool, List<String> compile, List<String> run) {

    private static final String PROGRAM = "program";
    private static final String SOURCE = "source";

    static MixProgram c(String name, String... flags) {
        return compiled(name, name + ".c", "cc", flags);
    }

    static MixProgram compiled(String name, String source, String compiler, String... flags) {
        List<String> compile = new ArrayList<>(List.of(compiler));
        compile.addAll(List.of(flags));
        compile.addAll(List.of("-o", PROGRAM, SOURCE));
        return new MixProgram(name, source, compiler, compile, List.of(PROGRAM));
    }

    static MixProgram go(String name, String source) {
        return new MixProgram(name, source, "go", List.of("go", "build", "-o", PROGRAM, SOURCE), List.of(PROGRAM));
    }

    static MixProgram script(String interpreter, String source) {
        return of(interpreter, source, interpreter).runBy(interpreter, SOURCE);
    }

    static MixProgram command(String name, String... command) {
        return of(name, "", command[0]).runBy(command);
    }

    static MixProgram of(String name, String source, String tool) {
        return new MixProgram(name, source, tool, List.of(), List.of());
    }

    /** The same, run by this command. */
    MixProgram runBy(String... command) {
        return new MixProgram(name, source, tool, compile, List.of(command));
    }

    /** Whether the tool is there. */
    boolean isPossible() {
        return Commands.isThere(tool);
    }

    /** Makes it ready; the result is the command that runs it. */
    List<String> prepare(Path folder) throws IOException, InterruptedException {
        Path program = folder.resolve(name.replace(' ', '-'));
        if (source.isEmpty()) {
            return run;
        }
        Path file = folder.resolve(source);
        try (InputStream in = MixProgram.class.getResourceAsStream("/dev/sonde/bench/mix/" + source)) {
            Files.write(file, in.readAllBytes());
        }
        if (!compile.isEmpty()) {
            Commands.output(folder, replaced(compile, program, file));
        }
        return replaced(run, program, file);
    }

    private static List<String> replaced(List<String> words, Path program, Path source) {
        return words.stream()
                .map(word -> switch (word) {
                    case PROGRAM -> program.toString();
                    case SOURCE -> source.toString();
                    default -> word;
                })
                .toList();
    }
}
