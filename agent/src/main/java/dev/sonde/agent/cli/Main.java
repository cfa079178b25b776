package dev.sonde.agent.cli;

import dev.sonde.agent.doctor.DoctorCommand;
import java.io.PrintWriter;
import java.time.Duration;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The agent's program: {@code agent}, {@code record}, {@code doctor}, {@code unwind-table}. */
@Command(
        name = "sonde",
        subcommands = {RecordCommand.class, DoctorCommand.class, UnwindTableCommand.class},
        mixinStandardHelpOptions = true,
        description = "Samples this machine.")
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
                .addSubcommand("agent", AgentCommand.spec())
                .registerConverter(Duration.class, new DurationConverter())
                .setExecutionExceptionHandler((exception, command, parsed) -> {
                    PrintWriter err = command.getErr();
                    err.println("sonde: " + message(exception));
                    return FAILED;
                })
                .setParameterExceptionHandler((exception, args) -> {
                    CommandLine command = exception.getCommandLine();
                    command.getErr().println("sonde: " + exception.getMessage());
                    command.getErr()
                            .println("sonde: '" + command.getCommandSpec().qualifiedName() + " --help' tells more");
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
                spec.commandLine(), "command: none (expected: agent, record, doctor, unwind-table)");
    }
}
