package dev.sonde.agent.record;

import dev.sonde.agent.fixture.RunningProgram;
import dev.sonde.pprof.PprofLimits;
import dev.sonde.pprof.PprofReader;
import dev.sonde.pprof.Profile;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Records a running program until so many of its stacks reached their root, or for a minute. */
final class JavaRecording {

    private static final Duration LONG = Duration.ofSeconds(60);

    private final Path file;
    private final int hertz;
    private final int enough;
    private final ByteArrayOutputStream told = new ByteArrayOutputStream();

    /** @param directory for the recording */
    JavaRecording(Path directory, int hertz, int enough) {
        this.file = directory.resolve("recorded.pb.gz");
        this.hertz = hertz;
        this.enough = enough;
    }

    Profile of(RunningProgram running) throws Exception {
        RecordOptions options = new RecordOptions(
                Optional.of(LONG),
                OptionalLong.of(running.pid()),
                List.of(),
                hertz,
                OutputFile.parse(file.toString()),
                false);
        Recorder recorder = new Recorder(options, new Console(new PrintStream(told, true, StandardCharsets.UTF_8)));
        Thread stopper = Thread.ofPlatform().daemon().start(() -> {
            while (recorder.completeStacks() < enough && !Thread.currentThread().isInterrupted()) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
            }
            recorder.stop();
        });
        try {
            recorder.run();
        } finally {
            stopper.interrupt();
        }
        return new PprofReader(PprofLimits.defaults()).read(Files.readAllBytes(file));
    }

    /** What the recorder said. */
    @Override
    public String toString() {
        return told.toString(StandardCharsets.UTF_8);
    }
}
