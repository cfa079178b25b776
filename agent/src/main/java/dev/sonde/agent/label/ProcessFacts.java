package dev.sonde.agent.label;

import dev.sonde.model.BuildId;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What labels are made from.
 *
 * @param comm the name of the process, that of its first thread
 * @param executable path of the executable in the process's mount namespace; empty when not known
 * @param commandLine the arguments, the program's name first; empty for kernel threads
 * @param cgroup path of the control group; empty when not known
 * @param environment the variables of {@link EnvironmentLabels#VARIABLES} that were set
 * @param executableBuildId the contents of the executable
 * @param kernelThread whether it is a thread of the kernel
 * @param java what its JVM tells; empty for other programs, and until it has told
 */
public record ProcessFacts(
        String comm,
        String executable,
        List<String> commandLine,
        String cgroup,
        Map<String, String> environment,
        Optional<BuildId> executableBuildId,
        boolean kernelThread,
        Optional<JavaFacts> java) {
    public ProcessFacts {
        commandLine = List.copyOf(commandLine);
        environment = Map.copyOf(environment);
    }

    /** Those of a process of which no JVM has told anything. */
    public ProcessFacts(
            String comm,
            String executable,
            List<String> commandLine,
            String cgroup,
            Map<String, String> environment,
            Optional<BuildId> executableBuildId,
            boolean kernelThread) {
        this(comm, executable, commandLine, cgroup, environment, executableBuildId, kernelThread, Optional.empty());
    }

    /** These with what the JVM tells. */
    public ProcessFacts withJava(JavaFacts facts) {
        return new ProcessFacts(
                comm,
                executable,
                commandLine,
                cgroup,
                environment,
                executableBuildId,
                kernelThread,
                Optional.of(facts));
    }

    /** The last part of the executable's path. */
    public String executableName() {
        return executable.substring(executable.lastIndexOf('/') + 1);
    }
}
