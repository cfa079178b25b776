package dev.sonde.agent.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sonde.agent.count.Counts;
import dev.sonde.agent.fixture.CProgram;
import dev.sonde.agent.fixture.RunningProgram;
import dev.sonde.agent.label.ProcessLabels;
import dev.sonde.agent.label.Rules;
import dev.sonde.agent.mapping.AddressSpaces;
import dev.sonde.agent.mapping.ExecutableFiles;
import dev.sonde.agent.mapping.MappingEvent;
import dev.sonde.agent.mapping.ResolvedAddress;
import dev.sonde.agent.mapping.SymbolizerElfReader;
import dev.sonde.model.Labels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The table over the real procfs. */
class ProcessTableIT {

    private static final Path PROC = Path.of("/proc");

    @TempDir
    Path directory;

    private final Counts<ProcessEvent> counts = new Counts<>(ProcessEvent.class);
    private final Counts<MappingEvent> mappingCounts = new Counts<>(MappingEvent.class);
    private final ProcessTable table = table();

    private ProcessTable table() {
        ExecutableFiles files = new ExecutableFiles(PROC, new SymbolizerElfReader(), 100, mappingCounts);
        return new ProcessTable(
                PROC,
                100,
                new ProcessLabels(Rules.none(), Labels.empty(), "box", System.getProperty("os.version")),
                files,
                new AddressSpaces(PROC, files, mappingCounts, System::nanoTime),
                counts,
                System::nanoTime);
    }

    private ProcessInfo lookup(int pid) {
        return table.lookup(pid, 0, 0, 0, () -> "gone");
    }

    @Test
    void aNativeProgramIsItsNameAndBuildId() throws IOException {
        CProgram program = CProgram.compile(directory, "addresses.c", "shop-api", "-Wl,--build-id");
        try (RunningProgram running = new RunningProgram(program.file().toString(), "--serve")) {
            ProcessInfo info = lookup(running.pid());
            assertThat(info.comm()).isEqualTo("shop-api");
            assertThat(info.executable()).isEqualTo(program.file().toString());
            assertThat(info.commandLine()).containsExactly(program.file().toString(), "--serve");
            assertThat(info.seriesLabels())
                    .isEqualTo(Labels.of(
                            "service", "shop-api",
                            "version", program.readelfBuildId().substring(0, 12),
                            "comm", "shop-api",
                            "host", "box"));
            assertThat(info.namespaces())
                    .isEqualTo(new ProcessInfo.Namespaces(
                            Files.readSymbolicLink(Path.of("/proc/self/ns/mnt")).toString(),
                            Files.readSymbolicLink(Path.of("/proc/self/ns/pid")).toString()));
            ResolvedAddress out = new ResolvedAddress();
            info.addressSpace().resolve(running.address("second"), out);
            assertThat(out.elfAddress()).isEqualTo(program.nmAddress("second"));
            assertThat(out.file()).isEqualTo(info.executableFile().orElseThrow());
        }
    }

    @Test
    void theStartTimeOfTheKernelInNanosecondsIsTheSameProcess() throws IOException {
        CProgram program = CProgram.compile(directory, "addresses.c", "program");
        try (RunningProgram running = new RunningProgram(program.file().toString())) {
            long ticks = lookup(running.pid()).startTimeTicks();
            assertThat(table.lookup(running.pid(), ticks * 10_000_000 + 1234, 0, 0, () -> "gone")
                            .gone())
                    .isFalse();
            // The next tick is another process.
            assertThat(table.lookup(running.pid(), (ticks + 1) * 10_000_000, 0, 0, () -> "gone")
                            .gone())
                    .isTrue();
        }
    }

    @Test
    void theEnvironmentNamesTheService() throws IOException {
        CProgram program = CProgram.compile(directory, "addresses.c", "program");
        Map<String, String> environment = Map.of(
                "OTEL_SERVICE_NAME", "checkout", "OTEL_RESOURCE_ATTRIBUTES", "service.version=3%2E1", "PASSWORD", "x");
        try (RunningProgram running = new RunningProgram(List.of(program.file().toString()), environment)) {
            Labels labels = lookup(running.pid()).seriesLabels();
            assertThat(labels.get("service")).isEqualTo("checkout");
            assertThat(labels.get("version")).isEqualTo("3.1");
        }
    }

    @Test
    void aJavaProgramIsItsMainClass() throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        List<String> command = List.of(
                java,
                "-Xmx16m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                SleepingMain.class.getName());
        // surefire hands the class path over in a manifest where that is too long for a command.
        try (RunningProgram running = new RunningProgram(command, Map.of("JDK_JAVA_OPTIONS", ""))) {
            ProcessInfo info = lookup(running.pid());
            assertThat(info.seriesLabels().get("service")).isEqualTo(SleepingMain.class.getName());
            assertThat(info.seriesLabels().get("version")).isEmpty();
            assertThat(info.comm()).isEqualTo("java");
        }
    }

    @Test
    void execIsNoticedAndAddressesAreThoseOfTheNewProgram() throws IOException {
        CProgram program = CProgram.compile(directory, "addresses.c", "program", "-Wl,--build-id");
        // The shell waits for a line, so that it is surely seen before it becomes the program.
        String script = "echo first 0x0; echo ready; read go; exec '" + program.file() + "'";
        try (RunningProgram running = new RunningProgram("sh", "-c", script)) {
            assertThat(lookup(running.pid()).executable()).doesNotEndWith("program");
            running.ask("go");
            table.invalidate(running.pid());
            ProcessInfo info = lookup(running.pid());
            assertThat(info.executable()).isEqualTo(program.file().toString());
            ResolvedAddress out = new ResolvedAddress();
            info.addressSpace().resolve(running.address("first"), out);
            assertThat(out.elfAddress()).isEqualTo(program.nmAddress("first"));
            assertThat(counts.get(ProcessEvent.EXECUTED)).isEqualTo(1);
        }
    }

    @Test
    void aProcessInItsOwnPidNamespaceKnowsItsPerfMapByItsOwnNumber() throws IOException {
        assumeTrue(
                "root".equals(Files.getOwner(Path.of("/proc/self")).getName()), "SKIPPED: needs root (pid namespaces)");
        // Pid 1 inside; code of no file is made by a perf map that names the whole of the address space.
        String script = "mount -t tmpfs none /tmp && echo '1000 7ffffffff000 everything' > /tmp/perf-1.map"
                + " && echo pid 0x0 && echo ready && read go";
        try (RunningProgram running =
                new RunningProgram("unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-c", script)) {
            int inner = ProcessHandle.of(running.pid())
                    .orElseThrow()
                    .children()
                    .mapToInt(child -> (int) child.pid())
                    .findFirst()
                    .orElseThrow();
            ProcessStatus status = ProcessStatus.parse(Files.readAllBytes(PROC.resolve(inner + "/status")), inner);
            assertThat(status).isEqualTo(new ProcessStatus(0, 1));
            dev.sonde.agent.jit.PerfMapFile perfMap = new dev.sonde.agent.jit.PerfMapFile(
                    PROC.resolve(inner + "/root"),
                    status.namespacePid(),
                    status.uid(),
                    new dev.sonde.agent.jit.PerfMapBudget(1 << 20, () -> {}),
                    System::nanoTime);
            perfMap.refresh();
            assertThat(perfMap.map().find(0x4242)).isEqualTo("everything");
        }
    }

    @Test
    void everyProcessOfTheMachineCanBeRead() throws IOException {
        try (var processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path process : processes) {
                ProcessInfo info = lookup(Integer.parseInt(process.getFileName().toString()));
                assertThat(info.seriesLabels().get("service"))
                        .as(info.toString())
                        .isNotEmpty();
                assertThat(info.kernelThread() && info.comm().indexOf('/') > 0).isFalse();
            }
        }
        assertThat(lookup(2).kernelThread() || lookup(2).gone() || !Files.exists(Path.of("/proc/2")))
                .isTrue();
        assertThat(table.size()).isPositive();
    }
}
