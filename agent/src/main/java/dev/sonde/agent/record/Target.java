package dev.sonde.agent.record;

import dev.sonde.agent.kernel.Sampler;
import dev.sonde.agent.kernel.SamplerException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;

/** The process that a recording is of, and whose end ends it. */
final class Target {

    private final BooleanSupplier ended;
    private final Optional<Process> started;

    private Target(BooleanSupplier ended, Optional<Process> started) {
        this.ended = ended;
        this.started = started;
    }

    /** The whole machine, which does not end. */
    static Target machine() {
        return new Target(() -> false, Optional.empty());
    }

    /** A running process with its children. */
    static Target running(Sampler sampler, long pid) throws SamplerException {
        sampler.addTarget(pid);
        Optional<ProcessHandle> handle = ProcessHandle.of(pid);
        return new Target(() -> handle.isEmpty() || !handle.get().isAlive(), Optional.empty());
    }

    /**
     * Starts a program. All that this process starts from now on is sampled from birth, so nothing of the program is
     * missed. It shares our standard streams.
     *
     * @throws IOException when it cannot be started
     */
    static Target start(Sampler sampler, List<String> command) throws SamplerException, IOException {
        sampler.addTargetChildren(ProcessHandle.current().pid());
        Process process = new ProcessBuilder(command).inheritIO().start();
        // Not by its handle, which is not alive as soon as it is reaped: a moment before there is an exit code.
        return new Target(() -> !process.isAlive(), Optional.of(process));
    }

    /** Whether the process is over; a program that was started here has its exit code then. */
    boolean ended() {
        return ended.getAsBoolean();
    }

    /** Ends a program that was started here and runs on, by SIGTERM; whether there was one. */
    boolean terminate() {
        Optional<Process> running = started.filter(Process::isAlive);
        running.ifPresent(Process::destroy);
        return running.isPresent();
    }

    /** The exit code of a program that was started here and ended. */
    OptionalLong exitCode() {
        return started.filter(process -> !process.isAlive())
                .map(process -> OptionalLong.of(process.exitValue()))
                .orElse(OptionalLong.empty());
    }
}
