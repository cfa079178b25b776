package dev.sonde.agent.kallsyms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KernelNamesTest {
    private static final String LINES = """
            0000000000000000 A fixed_percpu_data
            ffffffff81000000 T _stext
            ffffffff81000000 T startup_64
            ffffffff81000100 t local
            ffffffff810001f0 t __pfx_second
            ffffffff81000200 W second
            ffffffff81000300 D data
            ffffffff81001000 T _etext
            ffffffffc0002000 t bpf_prog_6deef7357e7b4530_sample_cpu\t[bpf]
            ffffffffc0001000 t in_module\t[ext4]
            """;

    /** Numbers for what is loaded, to be changed by hand. */
    private static final class Loaded implements LoadedCode {
        long modules;
        long programs;

        @Override
        public long modules() {
            return modules;
        }

        @Override
        public long programs() {
            return programs;
        }
    }

    private final Loaded loaded = new Loaded();
    private final AtomicLong clock = new AtomicLong();

    @TempDir
    Path folder;

    private Path write(String text) throws IOException {
        return Files.writeString(folder.resolve("kallsyms"), text);
    }

    private KernelNames names(String text) throws IOException {
        return new KernelNames(write(text), System::nanoTime, loaded);
    }

    private static String name(KernelNames names, long address) {
        return names.of(address).lines().getFirst().function().name();
    }

    @Test
    void addressesBelongToTheFunctionBeforeThem() throws IOException {
        KernelNames names = names(LINES);
        assertThat(name(names, 0xffffffff81000000L)).isEqualTo("startup_64");
        assertThat(name(names, 0xffffffff810000ffL)).isEqualTo("startup_64");
        assertThat(name(names, 0xffffffff81000100L)).isEqualTo("local");
        assertThat(name(names, 0xffffffff81000200L)).isEqualTo("second");
        assertThat(name(names, 0xffffffff81000fffL))
                .as("data and padding are no code")
                .isEqualTo("second");
        assertThat(name(names, 0xffffffffc0001010L)).isEqualTo("in_module");
        assertThat(names.of(0xffffffff81000101L)).isSameAs(names.of(0xffffffff81000102L));
        assertThat(names.of(0xffffffff81000101L).mapping().name()).isEqualTo("[kernel]");
    }

    @Test
    void whatNoFunctionCoversIsUnknown() throws IOException {
        KernelNames names = names(LINES);
        assertThat(name(names, 0xffffffff81001000L)).as("the end of the code").isEqualTo("[unknown]");
        assertThat(name(names, 0xffffffff80ffffffL)).as("before it").isEqualTo("[unknown]");
        assertThat(name(names, 0xffffffffff000000L)).as("far behind the last").isEqualTo("[unknown]");
        assertThat(name(names, 0xffff888000000000L)).as("the direct map").isEqualTo("[unknown]");
        assertThat(name(names, 0)).isEqualTo("[unknown]");
    }

    @Test
    void bpfProgramsAreTold() throws IOException {
        KernelNames names = names(LINES);
        assertThat(name(names, 0xffffffffc0002004L)).isEqualTo("bpf_prog_6deef7357e7b4530_sample_cpu");
        assertThat(names.of(0xffffffffc0002004L).mapping().name()).isEqualTo("[bpf]");
    }

    private KernelNames namesByClock() throws IOException {
        KernelNames names = new KernelNames(write(LINES), clock::get, loaded);
        assertThat(name(names, 0xffffffffc0001010L)).isEqualTo("in_module");
        return names;
    }

    @Test
    void aProgramLoadedLaterTakesNoNeighboursName() throws IOException {
        KernelNames names = namesByClock();
        clock.addAndGet(Duration.ofSeconds(1).toNanos());
        assertThat(name(names, 0xffffffffc0002100L)).startsWith("bpf_prog_6deef7357e7b4530");
        loaded.programs++;
        write(LINES + "ffffffffc0002100 t bpf_prog_0123456789abcdef_later\t[bpf]\n");
        clock.addAndGet(Duration.ofSeconds(1).toNanos());
        assertThat(name(names, 0xffffffffc0002100L))
                .as("before the next reading")
                .isEqualTo("[unknown]");
        assertThat(name(names, 0xffffffffc0001010L)).as("modules are the same").isEqualTo("in_module");
        assertThat(name(names, 0xffffffff81000100L)).isEqualTo("local");
        clock.addAndGet(Duration.ofSeconds(30).toNanos());
        assertThat(name(names, 0xffffffffc0002100L)).isEqualTo("bpf_prog_0123456789abcdef_later");
        assertThat(name(names, 0xffffffffc0002004L)).startsWith("bpf_prog_6deef7357e7b4530");
    }

    @Test
    void aModuleInAnothersPlaceIsNotTakenForIt() throws IOException {
        KernelNames names = namesByClock();
        loaded.modules++;
        write(LINES.replace("in_module", "another"));
        clock.addAndGet(Duration.ofSeconds(1).toNanos());
        assertThat(name(names, 0xffffffffc0001010L)).isEqualTo("[unknown]");
        clock.addAndGet(Duration.ofSeconds(30).toNanos());
        assertThat(name(names, 0xffffffffc0001010L)).isEqualTo("another");
    }

    @Test
    void aModulesLastFunctionEndsWithItsPage() throws IOException {
        KernelNames names = names(LINES.replace("ffffffffc0002000 t", "ffffffffc0009000 t"));
        assertThat(name(names, 0xffffffffc0001fffL)).isEqualTo("in_module");
        assertThat(name(names, 0xffffffffc0002000L)).isEqualTo("[unknown]");
    }

    @Test
    void whatNothingAnnouncesIsReadAgainAfterMinutes() throws IOException {
        KernelNames names = namesByClock();
        write(LINES.replace("in_module", "another"));
        clock.addAndGet(Duration.ofMinutes(4).toNanos());
        assertThat(name(names, 0xffffffffc0001010L)).isEqualTo("in_module");
        clock.addAndGet(Duration.ofMinutes(2).toNanos());
        assertThat(name(names, 0xffffffffc0001010L)).isEqualTo("another");
    }

    @Test
    void withoutAWayToTellThereAreNoNamesOfLoadedCode() throws IOException {
        loaded.programs = LoadedCode.UNKNOWN;
        KernelNames names = names(LINES);
        assertThat(name(names, 0xffffffffc0002004L)).isEqualTo("[unknown]");
        assertThat(name(names, 0xffffffffc0001010L)).isEqualTo("in_module");
    }

    @Test
    void usersOfAModuleComeAndGo() throws IOException {
        Path file = folder.resolve("modules");
        assertThat(LoadedCode.hash(file)).as("a kernel without modules").isZero();
        Files.writeString(file, "ext4 946176 1 - Live 0xffffffffc0001000\n");
        long before = LoadedCode.hash(file);
        Files.writeString(file, "ext4 946176 2 vfat, Live 0xffffffffc0001000\n");
        assertThat(LoadedCode.hash(file)).isEqualTo(before).isNotNegative();
        Files.writeString(file, "ext4 946176 1 - Live 0xffffffffc0002000\n");
        assertThat(LoadedCode.hash(file)).isNotEqualTo(before);
    }

    @Test
    void hiddenAddressesAreSaid() throws IOException {
        Path hidden = write("0000000000000000 T _stext\n0000000000000000 t local\n");
        assertThatThrownBy(() -> KallsymsReader.read(hidden))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("all addresses are 0 (expected: kernel.kptr_restrict 0");
        assertThat(new KernelNames(hidden, System::nanoTime, loaded).size()).isZero();
    }

    @Test
    void oddLinesArePassedOver() throws IOException {
        String odd = "\n \nzz\nffffffff81000000\nffffffff81000000 T\nffffffff81000000 T \nffffffff81000000 T\tx\n"
                + "x".repeat(200_000)
                + "\nffffffff81000400 t good\nffffffff81000500 t unfinished";
        KernelNames names = names(odd);
        assertThat(names.size()).isEqualTo(1);
        assertThat(name(names, 0xffffffff81000400L)).isEqualTo("good");
    }

    @Property(tries = 200)
    void anythingIsRead(@ForAll byte[] text) throws IOException {
        Path file = Files.createTempFile("kallsyms", "");
        try {
            Files.write(file, text);
            KernelNames names = new KernelNames(file, System::nanoTime, loaded);
            assertThat(names.of(0xffffffff81000000L)).isNotNull();
        } finally {
            Files.delete(file);
        }
    }
}
