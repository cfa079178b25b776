package dev.sonde.agent.jvm.code;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sonde.agent.fixture.MappedCode;
import dev.sonde.agent.jvm.layout.VmLayout;
import dev.sonde.agent.jvm.memory.ProcessMemory;
import dev.sonde.agent.jvm.memory.ProcessReadException;
import dev.sonde.agent.kernel.ffi.FfmLibc;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** The code cache of this test's own JVM, read by a clock of the test's. */
class BlobListIT {

    private static final int PID = (int) ProcessHandle.current().pid();

    private final AtomicLong nanos = new AtomicLong();

    @Test
    void whatTakesTooLongIsGivenUp() throws IOException {
        try (ProcessMemory memory = ProcessMemory.of(new FfmLibc(), PID)) {
            VmLayout layout = VmLayout.read(MappedCode.libJvm(PID), memory);
            BlobList quick = new BlobList(layout, memory, () -> 0);
            assertThat(quick.read()).isNotEmpty();
            assertThat(new BlobChanges(quick).look(blob -> true)).isTrue();
            BlobList slow = new BlobList(layout, memory, () -> nanos.getAndAdd(1_000_000_000));
            assertThatThrownBy(slow::read)
                    .isInstanceOf(ProcessReadException.class)
                    .hasMessageContaining("of code");
            assertThatThrownBy(() -> new BlobChanges(slow).look(blob -> true))
                    .isInstanceOf(ProcessReadException.class)
                    .hasMessageContaining("of code");
        }
    }
}
