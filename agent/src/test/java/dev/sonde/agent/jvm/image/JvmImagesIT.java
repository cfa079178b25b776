package dev.sonde.agent.jvm.image;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sonde.agent.fixture.CompiledJava;
import dev.sonde.agent.fixture.InstalledJdk;
import dev.sonde.agent.fixture.JavaProgram;
import dev.sonde.agent.fixture.MappedCode;
import dev.sonde.agent.fixture.OverlaidLibc;
import dev.sonde.agent.fixture.RunningProgram;
import dev.sonde.agent.jvm.code.BlobList;
import dev.sonde.agent.jvm.code.CodeBlob;
import dev.sonde.agent.jvm.code.CodeHeap;
import dev.sonde.agent.jvm.code.CodeHeaps;
import dev.sonde.agent.jvm.layout.LibJvm;
import dev.sonde.agent.jvm.layout.VmLayout;
import dev.sonde.agent.jvm.memory.MemoryPages;
import dev.sonde.agent.jvm.memory.ProcessMemory;
import dev.sonde.agent.kernel.code.JvmImage;
import dev.sonde.agent.kernel.code.UnwindTableImage;
import dev.sonde.agent.kernel.ffi.FfmLibc;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images of this test's own JVM. */
class JvmImagesIT {

    private static final int PID = (int) ProcessHandle.current().pid();

    /** Adapters are added while tests run: a settled image comes after a few. */
    private static final int CALLS = 50;

    @TempDir
    Path classes;

    @Test
    void codeThatWasHalfWrittenIsDecodedAgain() throws IOException {
        LibJvm libjvm = MappedCode.libJvm(PID);
        VmLayout layout;
        CodeBlob stub;
        try (ProcessMemory memory = ProcessMemory.of(new FfmLibc(), PID)) {
            layout = VmLayout.read(libjvm, memory);
            stub = new BlobList(layout, memory)
                    .read(blob -> blob.name().startsWith("StubRoutines (compiler")
                            || blob.name().startsWith("StubRoutines (2)"))
                    .getFirst();
        }
        AtomicBoolean half = new AtomicBoolean(true);
        long written = stub.codeBegin() + (stub.codeEnd() - stub.codeBegin()) / 2;
        var libc = OverlaidLibc.of((address, bytes) -> {
            for (long at = Math.max(address, written);
                    half.get() && at < Math.min(address + bytes.byteSize(), stub.codeEnd());
                    at++) {
                bytes.set(JAVA_BYTE, at - address, (byte) 0);
            }
            return false;
        });
        try (ProcessMemory memory = ProcessMemory.of(libc, PID)) {
            JvmImages images = new JvmImages(libjvm, layout, memory);
            JvmImage first = images.next().orElseThrow();
            half.set(false);
            JvmImage second = images.next().orElseThrow();
            assertThat(bytes(second)).isNotEqualTo(bytes(first));
            // All is written: it comes to rest.
            settle(images);
        }
    }

    /** Until JDK 22, calls that are being bound go through it for a moment. */
    @Test
    void whatGoesThroughTheInlineCacheBufferMakesNoNewImage() throws IOException {
        try (RunningProgram program = namedThreads(17)) {
            LibJvm libjvm = MappedCode.libJvm(program.pid());
            VmLayout layout;
            CodeBlob buffer;
            try (ProcessMemory memory = ProcessMemory.of(new FfmLibc(), program.pid())) {
                layout = VmLayout.read(libjvm, memory);
                buffer = new BlobList(layout, memory)
                        .read(blob -> blob.name().equals("InlineCacheBuffer"))
                        .getFirst();
            }
            byte[] other = {0};
            var libc = OverlaidLibc.of((address, bytes) -> {
                if (address == buffer.codeBegin()) {
                    bytes.set(JAVA_BYTE, 0, ++other[0]);
                }
                return false;
            });
            try (ProcessMemory memory = ProcessMemory.of(libc, program.pid())) {
                settle(new JvmImages(libjvm, layout, memory));
                assertThat(other[0]).as("how often it was another").isGreaterThan((byte) 1);
            }
        }
    }

    @Test
    void blobsOfAJvmThatDoesNotCompileAreNotListedAgain() throws IOException {
        try (RunningProgram program = namedThreads(25)) {
            LibJvm libjvm = MappedCode.libJvm(program.pid());
            VmLayout layout;
            List<CodeHeap> heaps;
            try (ProcessMemory memory = ProcessMemory.of(new FfmLibc(), program.pid())) {
                layout = VmLayout.read(libjvm, memory);
                heaps = new CodeHeaps(layout, new MemoryPages(memory, 16)).read();
            }
            AtomicInteger reads = new AtomicInteger();
            var libc = OverlaidLibc.of((address, bytes) -> {
                reads.addAndGet(heaps.stream().anyMatch(heap -> heap.contains(address)) ? 1 : 0);
                return false;
            });
            try (ProcessMemory memory = ProcessMemory.of(libc, program.pid())) {
                JvmImages images = new JvmImages(libjvm, layout, memory);
                int calls = 0;
                do {
                    reads.set(0);
                    images.next();
                    assertThat(++calls).as("calls until nothing is read").isLessThan(CALLS);
                } while (reads.get() > 0);
                images.lookAgain();
                images.next();
                assertThat(reads).as("reads for unknown code").hasPositiveValue();
            }
        }
    }

    private RunningProgram namedThreads(int release) throws IOException {
        CompiledJava.classes(classes, "/fixture/java/NamedThreads.java", 17);
        return JavaProgram.run(InstalledJdk.java(release), List.of(), classes, "NamedThreads");
    }

    private static List<byte[]> bytes(JvmImage image) throws IOException {
        List<byte[]> blocks = new ArrayList<>();
        for (int i = 0; i < image.table().blockCount(); i++) {
            byte[] block = new byte[UnwindTableImage.BLOCK_BYTES];
            image.table().blocks().read(i, block);
            blocks.add(block);
        }
        return blocks;
    }

    private static void settle(JvmImages images) throws IOException {
        int calls = 0;
        while (images.next().isPresent()) {
            assertThat(++calls).as("images").isLessThan(CALLS);
        }
    }
}
