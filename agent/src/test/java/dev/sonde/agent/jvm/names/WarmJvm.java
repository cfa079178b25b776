package dev.sonde.agent.jvm.names;

import dev.sonde.agent.fixture.CompiledJava;
import dev.sonde.agent.fixture.MappedCode;
import dev.sonde.agent.fixture.RunningProgram;
import dev.sonde.agent.jvm.code.BlobKind;
import dev.sonde.agent.jvm.code.BlobList;
import dev.sonde.agent.jvm.code.CodeBlob;
import dev.sonde.agent.jvm.layout.VmLayout;
import dev.sonde.agent.jvm.memory.ProcessMemory;
import dev.sonde.agent.kernel.ffi.FfmLibc;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A JVM with thousands of compiled methods, in which nothing is compiled any more. */
final class WarmJvm implements AutoCloseable {

    /** Thresholds far below the default's, so that seconds make what else takes minutes. */
    private static final List<String> EAGER = List.of(
            "-XX:Tier3InvocationThreshold=10",
            "-XX:Tier3MinInvocationThreshold=5",
            "-XX:Tier3CompileThreshold=20",
            "-XX:Tier4InvocationThreshold=200",
            "-XX:Tier4MinInvocationThreshold=100",
            "-XX:Tier4CompileThreshold=400");

    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private final RunningProgram program;
    final ProcessMemory memory;
    final VmLayout layout;
    final BlobList blobs;

    private WarmJvm(RunningProgram program) throws IOException {
        this.program = program;
        memory = ProcessMemory.of(new FfmLibc(), program.pid());
        layout = VmLayout.read(MappedCode.libJvm(program.pid()), memory);
        blobs = new BlobList(layout, memory);
    }

    /** Runs the warm-up program on a JVM until there are so many nmethods. */
    static WarmJvm start(String java, Path directory, int nmethods, List<String> flags)
            throws IOException, InterruptedException {
        Path classes = CompiledJava.classes(directory, "/jvm/WarmUp.java");
        List<String> command = new ArrayList<>(List.of(java, "-Xmx256m"));
        command.addAll(EAGER);
        command.addAll(flags);
        command.addAll(List.of("-cp", classes.toString(), "WarmUp"));
        WarmJvm jvm = new WarmJvm(new RunningProgram(command, Map.of()));
        long until = System.nanoTime() + PATIENCE.toNanos();
        while (jvm.nmethods().size() < nmethods) {
            if (System.nanoTime() > until) {
                throw new IOException("nmethods: " + jvm.nmethods().size() + " (expected: " + nmethods + ")");
            }
            Thread.sleep(200);
        }
        jvm.program.ask("quiet");
        Set<Integer> before = Set.of();
        for (Set<Integer> now = jvm.compileIds(); !now.equals(before); now = jvm.compileIds()) {
            before = now;
            Thread.sleep(1000);
        }
        return jvm;
    }

    int pid() {
        return program.pid();
    }

    /** The compiled methods that are there now. */
    List<CodeBlob> nmethods() throws IOException {
        return blobs.read(blob -> blob.kind().isNmethod() && blob.nmethod().method() != 0);
    }

    private Set<Integer> compileIds() throws IOException {
        Set<Integer> ids = new HashSet<>();
        for (CodeBlob blob : nmethods()) {
            ids.add(blob.nmethod().compileId());
        }
        return ids;
    }

    /** Stops the process, as SIGSTOP does, and waits until it stands. */
    void stop() throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-STOP", Integer.toString(pid())).start().waitFor();
        while (!Files.readString(Path.of("/proc/" + pid() + "/stat")).contains(") T ")) {
            Thread.sleep(10);
        }
    }

    /** The word of a compiled method's identity in a sample. */
    static long identity(CodeBlob nmethod) {
        return nmethod.nmethod().method() << 16 | (nmethod.nmethod().compileId() & 0xffff);
    }

    /** Whether a blob is no native method's wrapper. */
    static boolean isCompiled(CodeBlob blob) {
        return blob.kind() == BlobKind.NMETHOD;
    }

    @Override
    public void close() {
        program.close();
        memory.close();
    }
}
