package dev.sonde.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** An agent of the build under test, in a JVM of its own, that samples this machine for a server. */
final class AgentProcess implements AutoCloseable {

    /** Time to ship what it has; an agent that needs longer at a stop is at fault. */
    private static final long STOP_SECONDS = 30;

    private final Process process;
    private final Path log;

    private AgentProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /** Skips the test, loudly, where an agent may not sample. */
    static void assumeRights() throws IOException {
        assumeTrue(
                Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0),
                "SKIPPED: not root, so that the agent cannot sample");
    }

    /**
     * Starts one.
     *
     * @param folder for its spool and its log
     */
    static AgentProcess start(Path folder, ServerProcess server, int hertz) throws IOException {
        Path log = folder.resolve("agent.log");
        Process process = JavaProgram.start(
                "dev.sonde.agent.cli.Main",
                log,
                List.of(
                        "agent",
                        "--server",
                        server.url(),
                        "--hz",
                        Integer.toString(hertz),
                        "--spool",
                        folder.resolve("spool").toString()));
        return new AgentProcess(process, log);
    }

    @Override
    public void close() throws IOException, InterruptedException {
        process.destroy();
        assertThat(process.waitFor(STOP_SECONDS, TimeUnit.SECONDS))
                .as("the agent stops; it said: %s", Files.readString(log))
                .isTrue();
    }
}
