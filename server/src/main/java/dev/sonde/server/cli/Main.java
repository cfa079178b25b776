package dev.sonde.server.cli;

import dev.sonde.server.cli.text.Words;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The server's program: {@code server} and the questions to one. */
@Command(
        name = "sonde",
        subcommands = {
            ServerCommand.class,
            TopCommand.class,
            FlameCommand.class,
            SeriesCommand.class,
            LabelsCommand.class,
            PprofCommand.class
        },
        mixinStandardHelpOptions = true,
        description = "Keeps profiles and answers questions about them.")
public final class Main implements Runnable {

    /** What went wrong at run time; usage errors have picocli's 2. */
    static final int FAILED = 1;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    /** Runs a command and exits with 0, 1 (it failed) or 2 (it was called wrongly). */
    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        return new CommandLine(new Main())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((exception, command, parsed) -> {
                    command.getErr()
                            .println(Words.clean(command.getCommandSpec().qualifiedName() + ": ")
                                    + Words.clean(message(exception)));
                    return FAILED;
                })
                .setParameterExceptionHandler((exception, args) -> {
                    CommandLine command = exception.getCommandLine();
                    String name = command.getCommandSpec().qualifiedName();
                    command.getErr().println(name + ": " + Words.clean(exception.getMessage()));
                    command.getErr().println(name + ": --help tells more");
                    return command.getCommandSpec().exitCodeOnInvalidInput();
                })
                .setUsageHelpWidth(110);
    }

    private static String message(Exception exception) {
        // An error without words is a defect of ours: its place helps to mend it.
        return exception.getMessage() == null
                ? exception + " at " + exception.getStackTrace()[0]
                : exception.getMessage();
    }

    @Override
    public void run() {
        throw new CommandLine.ParameterException(
                spec.commandLine(), "command: none (expected: server, top, flame, series, labels or pprof)");
    }
}
