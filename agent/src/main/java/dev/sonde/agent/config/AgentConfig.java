package dev.sonde.agent.config;

import dev.sonde.agent.label.Rules;
import dev.sonde.model.Labels;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * How the agent runs. {@link AgentConfigLoader} makes it; {@link Setting} says what each value means and may be.
 *
 * @param server the server's URL, http or https
 * @param hz samples per second and CPU
 * @param labels further labels of every series
 * @param host value of the label {@code host}
 * @param spoolDirectory where profiles wait for the server
 * @param spoolMaxBytes the most that waits
 * @param window length of a profile
 * @param firstWindow length of the first profile
 * @param ringBufferBytes size of the ring buffer, a power of two
 * @param listen address of the agent's own metrics; empty for none
 * @param rules naming, include and exclude rules
 * @param maxProcesses bound of the process table
 * @param maxThreads bound of the thread names
 * @param maxFiles bound of the executable files
 */
public record AgentConfig(
        URI server,
        int hz,
        Labels labels,
        String host,
        Path spoolDirectory,
        long spoolMaxBytes,
        Duration window,
        Duration firstWindow,
        int ringBufferBytes,
        Optional<InetSocketAddress> listen,
        Rules rules,
        int maxProcesses,
        int maxThreads,
        int maxFiles) {}
