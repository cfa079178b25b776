package dev.sonde.bench.jvm;

import dev.sonde.agent.kernel.SamplerException;
import dev.sonde.agent.record.Console;
import dev.sonde.agent.record.OutputFile;
import dev.sonde.agent.record.RecordOptions;
import dev.sonde.agent.record.Recorder;
import dev.sonde.bench.harness.Commands;
import dev.sonde.pprof.PprofException;
import dev.sonde.pprof.PprofLimits;
import dev.sonde.pprof.PprofReader;
import dev.sonde.pprof.Profile;
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

    /** For comparisons, which need many samples. */
    static final int COMPARING_HERTZ = 997;

    private final Path scratch;
    private final LoadClasses classes;

    LoadRun(Path scratch) throws IOException {
        this.scratch = scratch;
        this.classes = LoadClasses.compile(Files.createDirectories(scratch.resolve("loads")));
    }

    /** Starts a program, which runs until it is ended. */
    Process start(Load load, Jvm jvm) throws IOException {
        return new ProcessBuilder(load.command(jvm, classes))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    /** Records a program that has run for a while. */
    LoadReport record(Load load, Jvm jvm, Duration warmUp, Duration duration) throws IOException, InterruptedException {
        Process process = start(load, jvm);
        try {
            Thread.sleep(warmUp);
            return report(jvm, record(process, HERTZ, duration));
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    /** Records a program from its JVM's first instruction on. */
    LoadReport recordStart(Load load, Jvm jvm, Duration duration) throws IOException, InterruptedException {
        return report(jvm, recordStarting(load, jvm, duration));
    }

    /** The same as it was recorded. */
    Profile recordStarting(Load load, Jvm jvm, Duration duration) throws IOException, InterruptedException {
        return recorded(HERTZ, duration, OptionalLong.empty(), load.command(jvm, classes));
    }

    /** What a program says that ends by itself. */
    String said(Load load, Jvm jvm) throws IOException, InterruptedException {
        return Commands.output(scratch, load.command(jvm, classes));
    }

    /** Records a running program. */
    Profile record(Process process, int hertz, Duration duration) throws IOException, InterruptedException {
        return recorded(hertz, duration, OptionalLong.of(process.pid()), List.of());
    }

    private LoadReport report(Jvm jvm, Profile profile) throws IOException {
        return LoadReport.of(profile, CallGraph.of(classes.folders(jvm)));
    }

    private Profile recorded(int hertz, Duration duration, OptionalLong pid, List<String> command)
            throws IOException, InterruptedException {
        Path file = scratch.resolve("load.pb.gz");
        ByteArrayOutputStream told = new ByteArrayOutputStream();
        RecordOptions options =
                new RecordOptions(Optional.of(duration), pid, command, hertz, OutputFile.parse(file.toString()), false);
        try {
            new Recorder(options, new Console(new PrintStream(told, true, StandardCharsets.UTF_8))).run();
            return new PprofReader(PprofLimits.defaults()).read(Files.readAllBytes(file));
        } catch (SamplerException | PprofException e) {
            throw new IOException(e.getMessage() + "; " + told.toString(StandardCharsets.UTF_8), e);
        }
    }
}
