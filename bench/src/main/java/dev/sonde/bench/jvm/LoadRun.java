package dev.sonde.bench.jvm;

import dev.sonde.agent.kernel.SamplerException;
import dev.sonde.agent.record.Console;
import dev.sonde.agent.record.OutputFile;
import dev.sonde.agent.record.RecordOptions;
import dev.sonde.agent.record.Recorder;
import dev.sonde.pprof.PprofException;
import dev.sonde.pprof.PprofLimits;
import dev.sonde.pprof.PprofReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Runs programs and records them. */
final class LoadRun {

    static final int HERTZ = 499;

    private final Path scratch;
    private final LoadClasses classes;

    LoadRun(Path scratch) throws IOException {
        this.scratch = scratch;
        this.classes = LoadClasses.compile(Files.createDirectories(scratch.resolve("loads")));
    }

    /** Records a program that has run for a while. */
    LoadReport record(Load load, Jvm jvm, Duration warmUp, Duration duration) throws IOException, InterruptedException {
        Process process = start(load.command(jvm, classes));
        try {
            Thread.sleep(warmUp);
            return recorded(jvm, duration, OptionalLong.of(process.pid()), List.of());
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    /** Records a program from its JVM's first instruction on. */
    LoadReport recordStart(Load load, Jvm jvm, Duration duration) throws IOException, InterruptedException {
        return recorded(jvm, duration, OptionalLong.empty(), load.command(jvm, classes));
    }

    private LoadReport recorded(Jvm jvm, Duration duration, OptionalLong pid, List<String> command)
            throws IOException, InterruptedException {
        Path file = scratch.resolve("load.pb.gz");
        ByteArrayOutputStream told = new ByteArrayOutputStream();
        RecordOptions options =
                new RecordOptions(Optional.of(duration), pid, command, HERTZ, OutputFile.parse(file.toString()), false);
        try {
            new Recorder(options, new Console(new PrintStream(told, true, StandardCharsets.UTF_8))).run();
            return LoadReport.of(
                    new PprofReader(PprofLimits.defaults()).read(Files.readAllBytes(file)),
                    CallGraph.of(classes.folders(jvm)));
        } catch (SamplerException | PprofException e) {
            throw new IOException(e.getMessage() + "; " + told.toString(StandardCharsets.UTF_8), e);
        }
    }

    private static Process start(List<String> command) throws IOException {
        return new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }
}
