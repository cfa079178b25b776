package dev.sonde.agent.process;

import dev.sonde.agent.label.JavaFacts;
import dev.sonde.agent.label.ProcessFacts;
import dev.sonde.agent.mapping.AddressSpace;
import dev.sonde.agent.mapping.ExecutableFile;
import dev.sonde.model.Labels;
import java.util.List;
import java.util.Optional;

/** One process as it was when it was read. A process that runs another program is another {@code ProcessInfo}. */
public final class ProcessInfo {

    private final int pid;
    private final long startTimeTicks;
    private final boolean gone;
    private final ProcessFacts facts;
    private final Optional<ExecutableFile> executableFile;
    private final String containerId;
    private final Namespaces namespaces;
    private final Labels seriesLabels;
    private final boolean excluded;
    private final AddressSpace addressSpace;

    /**
     * The namespaces that matter for reading a process (namespaces(7)), as the kernel names them:
     * {@code mnt:[4026531841]}; empty when not known.
     */
    public record Namespaces(String mount, String pid) {
        static final Namespaces UNKNOWN = new Namespaces("", "");
    }

    ProcessInfo(
            int pid,
            long startTimeTicks,
            boolean gone,
            ProcessFacts facts,
            Optional<ExecutableFile> executableFile,
            String containerId,
            Namespaces namespaces,
            Labels seriesLabels,
            boolean excluded,
            AddressSpace addressSpace) {
        this.pid = pid;
        this.startTimeTicks = startTimeTicks;
        this.gone = gone;
        this.facts = facts;
        this.executableFile = executableFile;
        this.containerId = containerId;
        this.namespaces = namespaces;
        this.seriesLabels = seriesLabels;
        this.excluded = excluded;
        this.addressSpace = addressSpace;
    }

    /** The same process with other facts, and the labels that come of them. */
    ProcessInfo with(ProcessFacts newFacts, Labels newLabels, boolean nowExcluded) {
        return new ProcessInfo(
                pid,
                startTimeTicks,
                gone,
                newFacts,
                executableFile,
                containerId,
                namespaces,
                newLabels,
                nowExcluded,
                addressSpace);
    }

    ProcessFacts facts() {
        return facts;
    }

    /** What its JVM tells; empty for other programs, and until it has told. */
    public Optional<JavaFacts> java() {
        return facts.java();
    }

    /** The process id in the agent's pid namespace. */
    public int pid() {
        return pid;
    }

    /** When the process started, clock ticks after boot (field 22 of {@code /proc/PID/stat}). */
    public long startTimeTicks() {
        return startTimeTicks;
    }

    /** Whether the process had ended before anything but its sampled name was known. */
    public boolean gone() {
        return gone;
    }

    /** The process's name, that of its first thread; of kernel threads without CPU and work item. */
    public String comm() {
        return facts.comm();
    }

    /** The path of the executable in the process's own mount namespace; empty for kernel threads and when not known. */
    public String executable() {
        return facts.executable();
    }

    /** The executable's build id and segments. */
    public Optional<ExecutableFile> executableFile() {
        return executableFile;
    }

    /** The arguments, the program's name first, each cut to 1,024 bytes. */
    public List<String> commandLine() {
        return facts.commandLine();
    }

    /** The path of the control group; empty when not known. */
    public String cgroup() {
        return facts.cgroup();
    }

    /** The container's id of 64 hexadecimal digits; empty outside of containers. */
    public String containerId() {
        return containerId;
    }

    /** Whether it is a thread of the kernel. */
    public boolean kernelThread() {
        return facts.kernelThread();
    }

    /** Mount and pid namespace. */
    public Namespaces namespaces() {
        return namespaces;
    }

    /** The labels of the series that the process's samples belong to; the same object for as long as this is known. */
    public Labels seriesLabels() {
        return seriesLabels;
    }

    /** Whether the include and exclude rules leave the process out. */
    public boolean excluded() {
        return excluded;
    }

    /** What the process's addresses mean. */
    public AddressSpace addressSpace() {
        return addressSpace;
    }

    @Override
    public String toString() {
        return pid + " " + seriesLabels + (gone ? " (gone)" : "");
    }
}
