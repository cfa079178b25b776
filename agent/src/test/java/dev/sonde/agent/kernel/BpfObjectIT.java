package dev.sonde.agent.kernel;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sonde.agent.kernel.ffi.FfmLibBpf;
import dev.sonde.agent.kernel.ffi.FfmLibc;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes wrong on the way into the kernel is told in full. */
@KernelTest
class BpfObjectIT {
    @TempDir
    Path folder;

    @Test
    void theVerifiersLogIsInTheException() throws Exception {
        Path source = folder.resolve("rejected.bpf.c");
        Files.write(
                source, getClass().getResourceAsStream("/kernel/rejected.bpf.c").readAllBytes());
        Path object = folder.resolve("rejected.bpf.o");
        CProgram.run(List.of("clang", "-O2", "-g", "-target", "bpf", "-c", source.toString(), "-o", object.toString()));
        try (BpfObject rejected = BpfObject.open(FfmLibBpf.open(), new FfmLibc(), Files.readAllBytes(object))) {
            assertThatThrownBy(rejected::load)
                    .isInstanceOf(SamplerException.class)
                    .hasMessageContaining("loading the sampler into the kernel: Permission denied")
                    .hasMessageContaining("invalid mem access");
        }
    }

    @Test
    void anObjectThatIsGarbageIsRefused() {
        assertThatThrownBy(() -> BpfObject.open(FfmLibBpf.open(), new FfmLibc(), new byte[4096]))
                .isInstanceOf(SamplerException.class)
                .hasMessageContaining("libbpf says:");
    }
}
