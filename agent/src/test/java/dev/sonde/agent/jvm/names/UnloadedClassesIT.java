package dev.sonde.agent.jvm.names;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sonde.agent.fixture.CompiledJava;
import dev.sonde.agent.fixture.InstalledJdk;
import dev.sonde.agent.fixture.MappedCode;
import dev.sonde.agent.fixture.RunningProgram;
import dev.sonde.agent.jvm.code.BlobList;
import dev.sonde.agent.jvm.code.CodeBlob;
import dev.sonde.agent.jvm.facts.JvmFacts;
import dev.sonde.agent.jvm.layout.VmLayout;
import dev.sonde.agent.jvm.memory.ProcessMemory;
import dev.sonde.agent.kernel.code.FrameWord;
import dev.sonde.agent.kernel.ffi.FfmLibc;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Classes come and go, all of the same shape, so that the memory of one is given to another: each has a method whose name
 * ends with the class's number, and none is ever named with another's.
 */
class UnloadedClassesIT {

    private static final long COMPILED = (long) FrameWord.COMPILED << 56;
    private static final long INTERPRETED = (long) FrameWord.INTERPRETED << 56;

    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource({"17, true", "25, true", "25, false"})
    void aMethodInTheMemoryOfAnotherHasItsOwnName(int release, boolean counted) throws Exception {
        Path classes = CompiledJava.classes(directory, "/jvm/Churn.java");
        List<String> command = List.of(
                InstalledJdk.java(release),
                "-Xmx64m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:Tier3InvocationThreshold=10",
                "-Xlog:disable",
                "-cp",
                classes.toString(),
                "Churn");
        try (RunningProgram program = new RunningProgram(command, Map.of());
                ProcessMemory memory = ProcessMemory.of(new FfmLibc(), program.pid())) {
            VmLayout layout = VmLayout.read(MappedCode.libJvm(program.pid()), memory);
            long counter = new JvmFacts(Path.of("/proc")).read(memory).unloadedClassesAddress();
            assertThat(counter).isNotZero();
            JvmCode code = JvmCode.open(layout, memory, counted ? counter : VmLayout.ABSENT_ADDRESS, new AtomicLong());
            Tally tally = new Tally(code);
            for (int generation = 0; generation < 12; generation++) {
                program.ask("next");
                code.beginRound();
                tally.judge(new BlobList(layout, memory).read());
            }
            assertThat(tally.named).isGreaterThan(500);
            assertThat(tally.reused).as("methods in the memory of others").isGreaterThan(20);
            assertThat(tally.stale).as("those that were gone").isGreaterThan(20);
        }
    }

    private static final class Tally {
        private final JvmCode code;
        private final Map<Long, String> before = new HashMap<>();
        private final Map<Long, Long> words = new HashMap<>();
        private int named;
        private int reused;
        private int stale;

        Tally(JvmCode code) {
            this.code = code;
        }

        void judge(List<CodeBlob> blobs) throws IOException {
            List<Long> present = new ArrayList<>();
            for (CodeBlob blob : blobs) {
                if (blob.nmethod() == null || blob.nmethod().method() == 0) {
                    continue;
                }
                long method = blob.nmethod().method();
                long pc = COMPILED | blob.nmethod().verifiedEntry();
                String compiled = name(code.resolve(pc, WarmJvm.identity(blob), true));
                String interpreted = name(code.resolve(INTERPRETED | method, 0, false));
                assertThat(compiled).as("%s", blob).isEqualTo(interpreted);
                if (compiled.startsWith("churn.Number")) {
                    // churn.NumberN.callN
                    String number = compiled.substring("churn.Number".length(), compiled.lastIndexOf('.'));
                    assertThat(compiled).endsWith(".call" + number);
                    String old = before.put(method, compiled);
                    reused += old != null && !old.equals(compiled) ? 1 : 0;
                    words.put(pc, WarmJvm.identity(blob));
                    named++;
                }
                present.add(pc);
            }
            words.keySet().removeIf(pc -> !present.contains(pc) && isStale(pc));
        }

        /** Code that is gone is not named, but that it was named before in the same words. */
        private boolean isStale(long pc) {
            boolean gone = code.resolve(pc, words.get(pc), false) == JavaFrame.Unnamed.STALE;
            stale += gone ? 1 : 0;
            return gone;
        }

        private static String name(JavaFrame frame) {
            assertThat(frame).isInstanceOf(JavaFrame.Named.class);
            return ((JavaFrame.Named) frame).lines().getLast().function().name();
        }
    }
}
