package dev.sonde.agent.jvm.names;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sonde.agent.fixture.MappedCode;
import dev.sonde.agent.jvm.code.BlobList;
import dev.sonde.agent.jvm.code.CodeBlob;
import dev.sonde.agent.jvm.layout.LibJvm;
import dev.sonde.agent.jvm.layout.VmLayout;
import dev.sonde.agent.jvm.layout.VmLayoutException;
import dev.sonde.agent.jvm.memory.ProcessMemory;
import dev.sonde.agent.jvm.memory.ProcessReadException;
import dev.sonde.agent.kernel.code.FrameWord;
import dev.sonde.agent.kernel.ffi.FfmLibc;
import dev.sonde.agent.kernel.ffi.Libc;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whatever a JVM's memory holds, reading it ends, with names or a typed refusal. The JVM is this test's own. */
@Timeout(300)
class HostileJvmIT {

    /** A round reads and names for milliseconds; a decoder that runs away makes millions of calls. */
    private static final long MAX_CALLS_A_ROUND = 200_000;

    private static final int PID = (int) ProcessHandle.current().pid();
    private static final long COMPILED = (long) FrameWord.COMPILED << 56;
    private static final long INTERPRETED = (long) FrameWord.INTERPRETED << 56;

    private static LibJvm libjvm;
    private static VmLayout layout;
    private static List<CodeBlob> blobs;

    @BeforeAll
    static void readTruth() throws IOException {
        libjvm = MappedCode.libJvm(PID);
        try (ProcessMemory memory = ProcessMemory.of(new FfmLibc(), PID)) {
            layout = VmLayout.read(libjvm, memory);
            blobs = new BlobList(layout, memory).read();
        }
        assertThat(blobs).hasSizeGreaterThan(300);
    }

    @Test
    void damagedTablesMakeALayoutOrARefusal() throws IOException {
        int made = 0;
        int refused = 0;
        for (int seed = 0; seed < 120; seed++) {
            // From a byte in a hundred to one in a hundred thousand.
            Libc libc = DamagedLibc.of(seed, 100 << (seed % 11));
            try (ProcessMemory memory = ProcessMemory.of(libc, PID)) {
                VmLayout read = VmLayout.read(libjvm, memory);
                made++;
                use(read, memory, new Random(seed));
            } catch (VmLayoutException | ProcessReadException e) {
                assertThat(e.getMessage()).isNotEmpty();
                refused++;
            }
        }
        assertThat(made).isPositive();
        assertThat(refused).isPositive();
    }

    @Test
    void damagedCodeAndMetadataMakeNamesOrRefusals() {
        int named = 0;
        for (int seed = 0; seed < 120; seed++) {
            Libc libc = DamagedLibc.of(seed, 100 << (seed % 11));
            try (ProcessMemory memory = ProcessMemory.of(libc, PID)) {
                named += use(layout, memory, new Random(seed));
            }
        }
        assertThat(named).isPositive();
    }

    @Test
    void wordsOfChanceMakeNamesOrRefusals() {
        try (ProcessMemory memory = ProcessMemory.of(new FfmLibc(), PID)) {
            JvmCode code = JvmCode.open(layout, memory);
            Random random = new Random(1);
            for (int i = 0; i < 20_000; i++) {
                CodeBlob blob = blobs.get(random.nextInt(blobs.size()));
                long near = blob.address() + random.nextInt(1 << 14);
                code.resolve(COMPILED | near, random.nextLong(), random.nextBoolean());
                code.resolve(INTERPRETED | near, near, false);
                code.resolve(INTERPRETED | (random.nextLong() >>> 17), random.nextLong() >>> 17, false);
                code.stub(near);
            }
            assertThat(memory.calls()).isLessThan(2_000_000);
        }
    }

    /** Does with a JVM what the agent does; how many frames had names. */
    private static int use(VmLayout read, ProcessMemory memory, Random random) {
        long before = memory.calls();
        List<CodeBlob> listed = new ArrayList<>(blobs);
        try {
            listed.addAll(new BlobList(read, memory).read());
        } catch (ProcessReadException e) {
            assertThat(e.getMessage()).isNotEmpty();
        }
        JvmCode code = JvmCode.open(read, memory);
        int named = 0;
        for (int i = 0; i < 300; i++) {
            CodeBlob blob = listed.get(random.nextInt(listed.size()));
            code.beginRound();
            code.stub(blob.codeBegin());
            if (blob.nmethod() != null) {
                long pc = blob.codeBegin() + random.nextInt(64);
                JavaFrame compiled = code.resolve(COMPILED | pc, WarmJvm.identity(blob), random.nextBoolean());
                JavaFrame interpreted =
                        code.resolve(INTERPRETED | blob.nmethod().method(), 0, false);
                named += compiled instanceof JavaFrame.Named ? 1 : 0;
                named += interpreted instanceof JavaFrame.Named ? 1 : 0;
            }
        }
        assertThat(memory.calls() - before).isLessThan(MAX_CALLS_A_ROUND);
        assertThat(code.memoryBytes()).isLessThan(10 << 20);
        return named;
    }
}
