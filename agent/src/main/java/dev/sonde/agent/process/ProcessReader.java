package dev.sonde.agent.process;

import dev.sonde.agent.count.Counts;
import dev.sonde.agent.label.JavaFacts;
import dev.sonde.agent.label.LabelText;
import dev.sonde.agent.label.ProcessFacts;
import dev.sonde.agent.label.ProcessLabels;
import dev.sonde.agent.mapping.AddressSpace;
import dev.sonde.agent.mapping.AddressSpaces;
import dev.sonde.agent.mapping.ExecutableFile;
import dev.sonde.agent.mapping.ExecutableFiles;
import dev.sonde.agent.mapping.LivingThread;
import dev.sonde.model.Labels;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads processes from {@code /proc}. One thread at a time. */
final class ProcessReader {

    /** What the kernel appends to the link of an executable that was unlinked. */
    private static final String DELETED = " (deleted)";

    private final Path proc;
    private final ProcessLabels labels;
    private final ExecutableFiles files;
    private final AddressSpaces addressSpaces;
    private final Counts<ProcessEvent> counts;

    ProcessReader(
            Path proc,
            ProcessLabels labels,
            ExecutableFiles files,
            AddressSpaces addressSpaces,
            Counts<ProcessEvent> counts) {
        this.proc = proc;
        this.labels = labels;
        this.files = files;
        this.addressSpaces = addressSpaces;
        this.counts = counts;
    }

    /** The short facts by which a change is noticed; empty when the process is gone. It ends with its last thread. */
    Optional<ProcessStat> stat(int pid) {
        try {
            Optional<ProcessStat> stat =
                    ProcessStat.parse(new ProcFiles(proc, pid).read("stat", ProcessStat.MAX_BYTES));
            boolean leaderEnded = stat.isPresent() && stat.get().ended();
            return leaderEnded && LivingThread.of(proc, pid).isPresent() ? stat.map(ProcessStat::running) : stat;
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** The path of the program that a process runs now; empty when it is gone or a kernel thread. */
    String executable(int pid) {
        String link = new ProcFiles(proc, readable(pid)).linkOrEmpty("exe");
        return link.endsWith(DELETED) ? link.substring(0, link.length() - DELETED.length()) : link;
    }

    private int readable(int pid) {
        return LivingThread.of(proc, pid).orElse(pid);
    }

    /** Everything of a process; empty when it has ended, or its pid became another's while it was read. */
    Optional<ProcessInfo> read(int pid) {
        Optional<ProcessStat> before = stat(pid);
        // A zombie has a name but neither program nor memory any more.
        if (before.isEmpty() || before.get().ended()) {
            return Optional.empty();
        }
        counts.increment(ProcessEvent.READ);
        ProcessStat stat = before.get();
        if (stat.kernelThread()) {
            return Optional.of(nameOnly(pid, stat.startTimeTicks(), stat.seriesComm(), true));
        }
        ProcessInfo info = read(pid, stat);
        Optional<ProcessStat> after = stat(pid);
        return after.isPresent() && after.get().startTimeTicks() == stat.startTimeTicks()
                ? Optional.of(info)
                : Optional.empty();
    }

    private boolean isAlive(int pid, long startTimeTicks) {
        return stat(pid)
                .filter(stat -> stat.startTimeTicks() == startTimeTicks && !stat.ended())
                .isPresent();
    }

    /** A process of which only the sampled name is known. */
    ProcessInfo gone(int pid, long startTimeTicks, String comm) {
        return nameOnly(pid, startTimeTicks, LabelText.printable(comm), false);
    }

    /** A process that is gone, or a kernel thread, which has neither arguments nor memory of its own. */
    private ProcessInfo nameOnly(int pid, long startTimeTicks, String comm, boolean kernelThread) {
        ProcessFacts facts = new ProcessFacts(comm, "", List.of(), "", Map.of(), Optional.empty(), kernelThread);
        Labels series = labels.of(facts);
        return new ProcessInfo(
                pid,
                startTimeTicks,
                !kernelThread,
                facts,
                Optional.empty(),
                "",
                ProcessInfo.Namespaces.UNKNOWN,
                series,
                isExcluded(facts, series),
                addressSpaces.ofGone(pid));
    }

    /** The same process, of which its JVM has told something. */
    ProcessInfo withJava(ProcessInfo info, JavaFacts java) {
        ProcessFacts facts = info.facts().withJava(java);
        Labels series = labels.of(facts);
        return info.with(facts, series, isExcluded(facts, series));
    }

    private boolean isExcluded(ProcessFacts facts, Labels series) {
        boolean excluded = labels.excludes(facts, series);
        if (excluded) {
            counts.increment(ProcessEvent.EXCLUDED);
        }
        return excluded;
    }

    private ProcessInfo read(int pid, ProcessStat stat) {
        int thread = readable(pid);
        ProcFiles process = new ProcFiles(proc, thread);
        // Mappings first: they go with the process, and the samples that wait need them most.
        ProcessStatus status =
                ProcessStatus.parse(new ProcFiles(proc, pid).readOrEmpty("status", ProcessStatus.MAX_BYTES), pid);
        AddressSpace addressSpace = stat.kernelThread()
                ? addressSpaces.ofGone(pid)
                : addressSpaces.of(pid, status.namespacePid(), status.uid(), () -> isAlive(pid, stat.startTimeTicks()));
        String executable = executable(pid);
        Optional<ExecutableFile> file = executableFile(thread, executable, addressSpace);
        Cgroup cgroup = Cgroup.parse(process.readOrEmpty("cgroup", Cgroup.MAX_BYTES));
        ProcessFacts facts = new ProcessFacts(
                stat.seriesComm(),
                executable,
                commandLine(process),
                cgroup.path(),
                environment(process),
                file.map(ExecutableFile::buildId),
                false);
        Labels series = labels.of(facts);
        return new ProcessInfo(
                pid,
                stat.startTimeTicks(),
                false,
                facts,
                file,
                cgroup.containerId(),
                new ProcessInfo.Namespaces(process.linkOrEmpty("ns/mnt"), process.linkOrEmpty("ns/pid")),
                series,
                isExcluded(facts, series),
                addressSpace);
    }

    /** Most often it was read a moment ago as the file of a mapping. */
    private Optional<ExecutableFile> executableFile(int thread, String executable, AddressSpace addressSpace) {
        if (executable.isEmpty()) {
            return Optional.empty();
        }
        return addressSpace
                .file(executable)
                .or(() -> files.ofProcess(thread, executable, addressSpace.device(executable)));
    }

    private List<String> commandLine(ProcFiles process) {
        byte[] bytes = process.readOrEmpty("cmdline", ProcessStrings.MAX_COMMAND_LINE_BYTES);
        if (bytes.length == ProcessStrings.MAX_COMMAND_LINE_BYTES) {
            counts.increment(ProcessEvent.COMMAND_LINE_CUT);
        }
        return ProcessStrings.commandLine(bytes);
    }

    private Map<String, String> environment(ProcFiles process) {
        byte[] bytes = process.readOrEmpty("environ", ProcessStrings.MAX_ENVIRONMENT_BYTES);
        if (bytes.length == ProcessStrings.MAX_ENVIRONMENT_BYTES) {
            counts.increment(ProcessEvent.ENVIRONMENT_CUT);
        }
        return ProcessStrings.environment(bytes);
    }
}
