package dev.sonde.bench.harness;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Programs of known behaviour, kept as C sources among the resources and compiled when they are needed. */
public final class CProgram {

    private CProgram() {}

    /** Compiles {@code name.c} with frame pointers and returns the executable. */
    public static Path compile(Path folder, String name) throws IOException, InterruptedException {
        Path source = folder.resolve(name + ".c");
        try (InputStream in = CProgram.class.getResourceAsStream("/dev/sonde/bench/" + name + ".c")) {
            Files.write(source, in.readAllBytes());
        }
        Path program = folder.resolve(name);
        Commands.output(
                folder,
                List.of(
                        "cc",
                        "-O1",
                        "-g",
                        "-fno-omit-frame-pointer",
                        "-fno-inline",
                        "-fno-optimize-sibling-calls",
                        "-o",
                        program.toString(),
                        source.toString(),
                        "-lpthread"));
        return program;
    }
}
