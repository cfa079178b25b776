package dev.sonde.server.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The server's program. */
@Command(
        name = "sonde",
        subcommands = {ServerCommand.class},
        mixinStandardHelpOptions = true,
        description = "Keeps profiles and answers questions about them.")
public final class Main implements Runnable {

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    /** Runs a command and exits with 0, 1 (it failed) or 2 (it was called wrongly). */
    public static void main(String[] args) {
        System.exit(new CommandLine(new Main()).execute(args));
    }

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "command: none (expected one; --help lists them)");
    }
}
