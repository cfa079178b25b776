package dev.sonde.server.cli;

import java.io.Console;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Says that something is under way once it takes over two seconds, if somebody looks on. */
final class Waiting {

    private static final int QUIET_SECONDS = 2;
    private static final String ERASE_LINE = "\r\u001b[K";

    private final Optional<PrintWriter> terminal;

    private Waiting(Optional<PrintWriter> terminal) {
        this.terminal = terminal;
    }

    /** Says it there when input and output are a terminal, and nothing in a pipe. */
    static Waiting on(PrintWriter err) {
        return new Waiting(isTerminal() ? Optional.of(err) : Optional.empty());
    }

    /** Whether input and output are a terminal. */
    static boolean isTerminal() {
        // Null in a pipe: JDK 25 went back to what it was before 22.
        return Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent();
    }

    /** What the future brings. */
    <T> T await(CompletableFuture<T> future, String what) throws InterruptedException, ExecutionException {
        boolean said = false;
        try {
            for (int seconds = QUIET_SECONDS; terminal.isPresent(); seconds++) {
                try {
                    return future.get(said ? 1 : QUIET_SECONDS, TimeUnit.SECONDS);
                } catch (TimeoutException e) {
                    said = true;
                    terminal.get().print(ERASE_LINE + what + " ... " + seconds + " s");
                    terminal.get().flush();
                }
            }
            return future.get();
        } finally {
            if (said) {
                terminal.get().print(ERASE_LINE);
                terminal.get().flush();
            }
        }
    }
}
