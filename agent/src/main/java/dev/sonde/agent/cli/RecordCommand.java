package dev.sonde.agent.cli;

import dev.sonde.agent.kernel.SamplerException;
import dev.sonde.agent.record.Console;
import dev.sonde.agent.record.OutputFile;
import dev.sonde.agent.record.RecordOptions;
import dev.sonde.agent.record.Recorder;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** {@code sonde record}. */
@Command(
        name = "record",
        mixinStandardHelpOptions = true,
        customSynopsis =
                "sonde record [-d 10s] [-p PID] [--hz 99] [-o FILE.pb.gz|FILE.collapsed] [-- COMMAND ARGUMENT...]",
        description =
                "Records one profile into a file, without a server: COMMAND or process PID and its children until it"
                        + " ends or -d is over, else the whole machine.")
final class RecordCommand implements Callable<Integer> {

    private static final Duration WHOLE_MACHINE = Duration.ofSeconds(10);

    /** How long Ctrl-C waits for the file: symbols of many large files take some seconds. */
    private static final Duration WRITING = Duration.ofSeconds(60);

    private static final int MAX_HERTZ = 1000;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Option(
            names = {"-d", "--duration"},
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description = "How long: 500ms, 10s, 5m, 1h. Default: until COMMAND or PID ends; 10s for the whole machine."
                    + " A COMMAND that runs on is sent SIGTERM.")
    private Duration duration;

    @Option(
            names = {"-p", "--pid"},
            paramLabel = "PID",
            description = "A running process, recorded with its children.")
    private Long pid;

    @Option(
            names = "--hz",
            defaultValue = "99",
            paramLabel = "N",
            description = "Samples a second on each busy CPU, 1 to 1000. Default: ${DEFAULT-VALUE}.")
    private int hertz;

    @Option(
            names = {"-o", "--output"},
            defaultValue = "profile.pb.gz",
            paramLabel = "FILE",
            description =
                    "FILE.pb.gz: pprof, for go tool pprof. FILE.collapsed: a line a stack. Default: ${DEFAULT-VALUE}.")
    private String output;

    @Parameters(paramLabel = "COMMAND", arity = "0..*", description = "What to start, after --.")
    private List<String> command = List.of();

    @Override
    public Integer call() throws SamplerException, IOException, InterruptedException {
        Recorder recorder = new Recorder(options(), new Console(System.err));
        CountDownLatch written = new CountDownLatch(1);
        // Ctrl-C and SIGTERM end the recording; what was recorded is written all the same.
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(() -> {
            recorder.stop();
            await(written);
        }));
        try {
            recorder.run();
            return 0;
        } finally {
            written.countDown();
        }
    }

    private RecordOptions options() {
        if (hertz < 1 || hertz > MAX_HERTZ) {
            throw usage("--hz: " + hertz + " (expected: 1 to " + MAX_HERTZ + ")");
        }
        if (pid != null && (pid < 1 || pid > Integer.MAX_VALUE)) {
            throw usage("-p: " + pid + " (expected: a process id)");
        }
        try {
            boolean machine = pid == null && command.isEmpty();
            return new RecordOptions(
                    Optional.ofNullable(duration == null && machine ? WHOLE_MACHINE : duration),
                    pid == null ? OptionalLong.empty() : OptionalLong.of(pid),
                    command,
                    hertz,
                    OutputFile.parse(output),
                    // A command has the terminal for its own output.
                    command.isEmpty() && Console.stderrIsTerminal());
        } catch (IllegalArgumentException e) {
            throw usage("record: " + e.getMessage());
        }
    }

    private ParameterException usage(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    private static void await(CountDownLatch written) {
        try {
            boolean inTime = written.await(WRITING.toNanos(), TimeUnit.NANOSECONDS);
            if (!inTime) {
                System.err.println("sonde: gave up writing the recording");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
