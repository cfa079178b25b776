package dev.sonde.agent.mapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sonde.agent.count.Counts;
import dev.sonde.agent.fixture.CProgram;
import dev.sonde.agent.fixture.RunningProgram;
import dev.sonde.model.BuildId;
import dev.sonde.model.FrameKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Addresses of real programs, refereed by nm and readelf. */
class AddressSpaceIT {

    private static final Path PROC = Path.of("/proc");

    private final Counts<MappingEvent> counts = new Counts<>(MappingEvent.class);
    private final AtomicLong nanos = new AtomicLong();
    private final ExecutableFiles files = new ExecutableFiles(PROC, new SymbolizerElfReader(), 100, counts);
    private final ResolvedAddress out = new ResolvedAddress();

    @TempDir
    Path directory;

    private AddressSpace spaceOf(int pid) {
        return new AddressSpaces(PROC, files, counts, nanos::get).of(pid, pid, 0, () -> true);
    }

    private void assertIsFunction(CProgram program, String path, String function) throws IOException {
        assertThat(out.kind()).isEqualTo(FrameKind.NATIVE);
        assertThat(out.elfAddress()).isEqualTo(program.nmAddress(function));
        assertThat(out.file().path()).isEqualTo(path);
        assertThat(out.file().buildId()).isEqualTo(new BuildId(BuildId.Type.GNU, program.readelfBuildId()));
        assertThat(program.readelfSegments())
                .contains(Long.toHexString(out.segment().offset()) + " "
                        + Long.toHexString(out.segment().vaddr()));
        assertThat(out.unknown()).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"-pie", "-no-pie", "-static-pie", "-static", "-Wl,-z,separate-code", "-Wl,-z,noseparate-code"})
    void functionsHaveTheirElfAddress(String linking) throws IOException {
        CProgram program = CProgram.compile(directory, "addresses.c", "program", linking, "-Wl,--build-id");
        try (RunningProgram running = new RunningProgram(program.file().toString())) {
            AddressSpace space = spaceOf(running.pid());
            for (String function : new String[] {"first", "second"}) {
                space.resolve(running.address(function), out);
                assertIsFunction(program, program.file().toString(), function);
            }
        }
    }

    @Test
    void aFileWhoseSegmentsLieElsewhereThanInTheFile() throws IOException {
        // The text segment far from the others: p_vaddr and p_offset differ by more than the load bias.
        CProgram program = CProgram.compile(
                directory, "addresses.c", "program", "-no-pie", "-Wl,--build-id", "-Wl,-Ttext-segment=0x10000000");
        try (RunningProgram running = new RunningProgram(program.file().toString())) {
            spaceOf(running.pid()).resolve(running.address("first"), out);
            assertIsFunction(program, program.file().toString(), "first");
            assertThat(out.elfAddress()).isGreaterThan(0x10000000);
        }
    }

    @Test
    void aLibraryLoadedLaterIsFoundByReadingTheMapsAgain() throws IOException {
        CProgram program =
                CProgram.compile(directory, "addresses.c", "program", "-DWITH_DLOPEN", "-Wl,--build-id", "-ldl");
        CProgram plugin = CProgram.compile(directory, "plugin.c", "plugin.so", "-shared", "-fPIC", "-Wl,--build-id");
        try (RunningProgram running = new RunningProgram(program.file().toString())) {
            AddressSpace space = spaceOf(running.pid());
            running.ask(plugin.file().toString());

            space.resolve(running.address("plugged"), out);
            assertThat(out.unknown()).isEqualTo(ResolvedAddress.Unknown.UNMAPPED);
            assertThat(counts.get(MappingEvent.MAPS_REREAD_SUPPRESSED)).isEqualTo(1);

            nanos.addAndGet(200_000_000);
            space.resolve(running.address("plugged"), out);
            assertIsFunction(plugin, plugin.file().toString(), "plugged");
            assertThat(counts.get(MappingEvent.MAPS_REREAD)).isEqualTo(1);
        }
    }

    @Test
    void addressesThatNoReadingExplainsAreReadForLessAndLess() throws IOException {
        CProgram program = CProgram.compile(directory, "addresses.c", "program");
        try (RunningProgram running = new RunningProgram(program.file().toString())) {
            AddressSpace space = spaceOf(running.pid());
            for (int tenths = 0; tenths < 600; tenths++) {
                nanos.addAndGet(100_000_000);
                space.resolve(0x10 + tenths, out);
                assertThat(out.unknown()).isEqualTo(ResolvedAddress.Unknown.UNMAPPED);
            }
            // One minute: 0.1, 0.2, 0.4 ... up to every 10 s.
            assertThat(counts.get(MappingEvent.MAPS_REREAD)).isBetween(8L, 14L);
            assertThat(counts.get(MappingEvent.ADDRESS_UNMAPPED)).isEqualTo(600);
        }
    }

    @Test
    void aDeletedBinaryIsReadThroughItsMapping() throws IOException {
        assumeRoot();
        CProgram program = CProgram.compile(directory, "addresses.c", "program", "-Wl,--build-id");
        CProgram copy = new CProgram(Files.copy(program.file(), directory.resolve("copy")));
        try (RunningProgram running = new RunningProgram(copy.file().toString())) {
            Files.delete(copy.file());
            // Another file of the name does not mislead.
            Files.writeString(copy.file(), "not the same");
            AddressSpace space = spaceOf(running.pid());
            space.resolve(running.address("first"), out);
            assertIsFunction(program, copy.file().toString(), "first");
            assertThat(files.locate(out.file())).isPresent();
        }
        assertThat(files.locate(out.file())).isEmpty();
    }

    @Test
    void aBinaryOfAnotherMountNamespaceIsReadThoughItsPathIsNotVisible() throws IOException {
        assumeRoot();
        CProgram program = CProgram.compile(directory, "addresses.c", "program", "-Wl,--build-id");
        Path hidden = Files.createDirectory(directory.resolve("hidden"));
        String script = "mount -t tmpfs none '%1$s' && cp '%2$s' '%1$s/inside' && exec '%1$s/inside'"
                .formatted(hidden, program.file());
        try (RunningProgram running = new RunningProgram("unshare", "-m", "sh", "-c", script)) {
            assertThat(hidden.resolve("inside")).doesNotExist();
            AddressSpace space = spaceOf(running.pid());
            space.resolve(running.address("second"), out);
            assertIsFunction(program, hidden.resolve("inside").toString(), "second");
            assertThat(files.locate(out.file())).isPresent();
        }
    }

    @Test
    void withoutRightsOnMapFilesTheRootOfTheProcessIsUsed() throws IOException {
        CProgram program = CProgram.compile(directory, "addresses.c", "program", "-Wl,--build-id");
        try (RunningProgram running = new RunningProgram(program.file().toString())) {
            // A procfs that has all but map_files.
            Path proc = Files.createDirectory(directory.resolve("proc"));
            Path process = Files.createDirectory(proc.resolve(Integer.toString(running.pid())));
            Path real = PROC.resolve(Integer.toString(running.pid()));
            Files.copy(real.resolve("maps"), process.resolve("maps"));
            Files.createSymbolicLink(process.resolve("root"), real.resolve("root"));
            ExecutableFiles onlyRoot = new ExecutableFiles(proc, new SymbolizerElfReader(), 100, counts);
            AddressSpace space = new AddressSpaces(proc, onlyRoot, counts, nanos::get)
                    .of(running.pid(), running.pid(), 0, () -> true);
            space.resolve(running.address("first"), out);
            assertIsFunction(program, program.file().toString(), "first");
        }
    }

    @Test
    void tenThousandMappings() throws IOException {
        CProgram program = CProgram.compile(directory, "manymappings.c", "program", "-Wl,--build-id");
        try (RunningProgram running = new RunningProgram(program.file().toString())) {
            AddressSpace space = spaceOf(running.pid());
            assertThat(space.mappings().size()).isGreaterThanOrEqualTo(10_000);
            space.resolve(running.address("last") + 64, out);
            assertThat(out.file().path()).isEqualTo(program.file().toString());
            assertThat(out.elfAddress()).isEqualTo(64);
            assertThat(counts.get(MappingEvent.FILE_READ)).isLessThan(10);
        }
    }

    @Test
    void theVdsoIsRelativeToItsStart() throws IOException {
        AddressSpace space = spaceOf((int) ProcessHandle.current().pid());
        Mapping vdso = null;
        for (int i = 0; i < space.mappings().size(); i++) {
            if (space.mappings().get(i).kind() == MappingKind.VDSO) {
                vdso = space.mappings().get(i);
            }
        }
        assertThat(vdso).isNotNull();
        space.resolve(vdso.start() + 0x123, out);
        assertThat(out.kind()).isEqualTo(FrameKind.VDSO);
        assertThat(out.elfAddress()).isEqualTo(0x123);
    }

    @Test
    void aProcessThatEndedKeepsWhatWasRead() throws IOException {
        CProgram program = CProgram.compile(directory, "addresses.c", "program", "-Wl,--build-id");
        AddressSpace space;
        long first;
        try (RunningProgram running = new RunningProgram(program.file().toString())) {
            space = spaceOf(running.pid());
            first = running.address("first");
        }
        nanos.addAndGet(3_600_000_000_000L);
        space.resolve(first, out);
        assertIsFunction(program, program.file().toString(), "first");
        space.resolve(16, out);
        assertThat(out.unknown()).isEqualTo(ResolvedAddress.Unknown.UNMAPPED);
        spaceOf(0x7fff_fff0).resolve(first, out);
        assertThat(out.unknown()).isEqualTo(ResolvedAddress.Unknown.PROCESS_GONE);
    }

    private static void assumeRoot() throws IOException {
        assumeTrue(
                "root".equals(Files.getOwner(Path.of("/proc/self")).getName()),
                "SKIPPED: needs root (mount namespaces, map_files)");
    }
}
