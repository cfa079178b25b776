package dev.sonde.agent.jvm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sonde.agent.count.Counts;
import dev.sonde.agent.fixture.CompiledJava;
import dev.sonde.agent.fixture.InstalledJdk;
import dev.sonde.agent.fixture.JavaProgram;
import dev.sonde.agent.fixture.RunningProgram;
import dev.sonde.agent.label.ProcessLabels;
import dev.sonde.agent.label.Rules;
import dev.sonde.agent.process.ProcessInfo;
import dev.sonde.agent.process.ThreadNames;
import dev.sonde.agent.wiring.ProcessKnowledge;
import dev.sonde.model.Labels;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The life of real JVMs, without a sampler. */
class JvmProcessesIT {

    private static final Duration LONG = Duration.ofSeconds(20);

    private final ProcessKnowledge knowledge =
            ProcessKnowledge.open(new ProcessLabels(Rules.none(), Labels.empty(), "box", "6"), 100, 100);

    @TempDir
    Path classes;

    @ParameterizedTest
    @CsvSource({"17, UseG1GC", "17, UseSerialGC", "25, UseG1GC", "25, UseParallelGC", "25, UseZGC"})
    void aJvmIsFoundReadAndForgotten(int release, String collector) throws IOException {
        CompiledJava.classes(classes, "/fixture/java/NamedThreads.java", 17);
        List<String> options = List.of("-XX:+" + collector);
        try (JvmProcesses jvms = JvmProcesses.open(KernelJvms.none())) {
            Jvm jvm;
            try (RunningProgram program =
                    JavaProgram.run(InstalledJdk.java(release), options, classes, "NamedThreads")) {
                await(() -> known(jvms, program.pid()) != null);
                jvm = known(jvms, program.pid());
                assertThat(jvm.version()).startsWith(release + ".");
                await(() -> jvm.facts() != null);
                assertThat(jvm.facts().mainClass()).isEqualTo("NamedThreads");
                Set<String> expected = collector.equals("UseZGC")
                        ? Set.of()
                        : Set.of(
                                "main",
                                "a-thread-with-a-name-longer-than-the-kernel-keeps",
                                "f\u00e4den-\u7ebf\u7a0b-1");
                await(() -> names(jvm).containsAll(expected));
                assertThat(jvms.count(JvmState.KNOWN)).isEqualTo(1);
                assertThat(jvms.report())
                        .containsExactly(new JvmReport(program.pid(), "hotspot", jvm.version(), "known", ""));
            }
            await(() -> jvm.state() == JvmState.ENDED && jvms.report().isEmpty());
            assertThat(jvms.alive()).isTrue();
        }
    }

    @Test
    void whatRunsBeforeAJvmInItsProcessIsNone() throws IOException {
        CompiledJava.classes(classes, "/fixture/java/NamedThreads.java", 17);
        String java = InstalledJdk.java(25);
        try (JvmProcesses jvms = JvmProcesses.open(KernelJvms.none());
                RunningProgram program = new RunningProgram(
                        "sh",
                        "-c",
                        "echo ready; read x; exec \"$0\" -cp \"$1\" NamedThreads",
                        java,
                        classes.toString())) {
            ProcessInfo shell = lookup(program.pid());
            assertThat(shell.executableFile()).isPresent();
            assertThat(jvms.of(shell, 1)).isNull();
            program.ask("go", "ready");
            await(() -> known(jvms, program.pid()) != null);
        }
    }

    /** The same executable and the same name: only what it runs is another. */
    @Test
    void aJvmThatTakesAnothersPlaceIsRead() throws IOException {
        CompiledJava.classes(classes, "/fixture/java/ExecutesAgain.java", 22);
        CompiledJava.classes(classes, "/fixture/java/NamedThreads.java", 17);
        String java = InstalledJdk.java(25);
        String[] next = {java, "-Xmx64m", "-cp", classes.toString(), "NamedThreads"};
        try (JvmProcesses jvms = JvmProcesses.open(KernelJvms.none());
                RunningProgram program = JavaProgram.run(
                        java, List.of("--enable-native-access=ALL-UNNAMED"), classes, "ExecutesAgain", next)) {
            await(() -> known(jvms, program.pid()) != null
                    && known(jvms, program.pid()).facts() != null);
            Jvm first = known(jvms, program.pid());
            assertThat(first.facts().mainClass()).isEqualTo("ExecutesAgain");
            program.ask("go", "ready");
            await(() -> first.state() == JvmState.ENDED);
            ProcessInfo old = lookup(program.pid());
            assertThat(old.commandLine()).contains("ExecutesAgain");
            assertThat(jvms.of(old, 1)).isSameAs(first);
            ProcessInfo anew = knowledge.table().readAnew(old);
            assertThat(anew.commandLine()).contains("NamedThreads").doesNotContain("ExecutesAgain");
            await(() -> known(jvms, program.pid()) != null
                    && known(jvms, program.pid()).facts() != null);
            assertThat(known(jvms, program.pid()).facts().mainClass()).isEqualTo("NamedThreads");
        }
    }

    /** The thread that reads JVMs is kept at one: others know nothing of it. */
    @Test
    void aJvmThatIsLookedAtMakesNoOtherProcessWait() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        JvmCare care = (jvm, mapping) -> {
            begun.countDown();
            awaitOrFail(goOn);
            return new ForeignVm(Path.of("/proc"), jvm);
        };
        int own = (int) ProcessHandle.current().pid();
        try (JvmProcesses jvms = JvmProcesses.start(
                Path.of("/proc"), care, new Counts<>(JvmEvent.class), new Counts<>(FrameResult.class))) {
            try {
                assertThat(jvms.mayCome(own, 1)).isFalse();
                known(jvms, own);
                awaitOrFail(begun);
                assertThat(jvms.mayCome(own, 1)).isTrue();
                assertThat(jvms.mayCome(1, 1)).as("another process").isFalse();
            } finally {
                goOn.countDown();
            }
            jvms.awaitRead(LONG);
            assertThat(jvms.count(JvmState.FOREIGN)).isEqualTo(1);
        }
    }

    private static void awaitOrFail(CountDownLatch latch) {
        try {
            assertThat(latch.await(LONG.toNanos(), TimeUnit.NANOSECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aProgramWithoutAJvmIsNone() throws IOException {
        try (JvmProcesses jvms = JvmProcesses.open(KernelJvms.none());
                RunningProgram program = new RunningProgram("sh", "-c", "echo ready; read x")) {
            ProcessInfo info = lookup(program.pid());
            assertThat(jvms.of(info, 1)).isNull();
            assertThat(jvms.of(info, 1)).isNull();
            assertThat(jvms.report()).isEmpty();
        }
    }

    private ProcessInfo lookup(int pid) {
        knowledge.table().invalidate(pid);
        return knowledge.table().lookup(pid, 0, 0, 0, () -> "");
    }

    /** As the intake asks: with the process as it is now. */
    private Jvm known(JvmProcesses jvms, int pid) {
        ProcessInfo info = lookup(pid);
        // An address that lies nowhere has the mappings read again.
        info.addressSpace().resolve(1, new dev.sonde.agent.mapping.ResolvedAddress());
        Jvm jvm = jvms.of(info, 1);
        return jvm != null && jvm.state() == JvmState.KNOWN ? jvm : null;
    }

    /** The names of the threads of a JVM, asked as the intake does. */
    private static Set<String> names(Jvm jvm) {
        Set<String> names = new TreeSet<>();
        for (int tid : threads(jvm.pid())) {
            byte[] comm = comm(jvm.pid(), tid);
            ByteBuffer words = ByteBuffer.wrap(comm).order(ByteOrder.LITTLE_ENDIAN);
            long low = words.getLong();
            long high = words.getLong();
            jvm.thread(tid, low, high, () -> ThreadNames.decode(low, high), (number, name) -> names.add(name));
        }
        return names;
    }

    private static List<Integer> threads(int pid) {
        List<Integer> tids = new ArrayList<>();
        try (DirectoryStream<Path> tasks = Files.newDirectoryStream(Path.of("/proc", Integer.toString(pid), "task"))) {
            tasks.forEach(task -> tids.add(Integer.valueOf(task.getFileName().toString())));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return tids;
    }

    private static byte[] comm(int pid, int tid) {
        try {
            String text =
                    Files.readString(Path.of("/proc/" + pid + "/task/" + tid + "/comm"), StandardCharsets.ISO_8859_1);
            return Arrays.copyOf(text.strip().getBytes(StandardCharsets.ISO_8859_1), 16);
        } catch (IOException e) {
            return new byte[16];
        }
    }

    private static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + LONG.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waited for too long").isLessThan(end);
            java.util.concurrent.locks.LockSupport.parkNanos(10_000_000);
        }
    }
}
