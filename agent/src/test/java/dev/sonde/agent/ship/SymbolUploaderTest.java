package dev.sonde.agent.ship;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sonde.agent.count.Counts;
import dev.sonde.agent.fixture.CProgram;
import dev.sonde.agent.mapping.ExecutableFile;
import dev.sonde.agent.mapping.ExecutableFiles;
import dev.sonde.agent.mapping.MappingEvent;
import dev.sonde.agent.mapping.SymbolizerElfReader;
import dev.sonde.symbolizer.elf.BuildIds;
import dev.sonde.symbolizer.elf.ElfFile;
import dev.sonde.symbolizer.symbols.SymbolTable;
import dev.sonde.wire.debuginfo.BuildIDType;
import io.grpc.Status;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Random;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class SymbolUploaderTest {

    @TempDir
    Path directory;

    private final Counts<UploadOutcome> outcomes = new Counts<>(UploadOutcome.class);
    private RecordingServer server;
    private ServerConnection connection;
    private SymbolUploader uploader;
    private Thread thread;
    private Path extract;
    private Path program;

    @BeforeEach
    void open() throws IOException {
        server = new RecordingServer(0);
        connection = ServerConnection.to(server.uri());
        extract = directory.resolve("extract.tmp");
    }

    @AfterEach
    void close() throws InterruptedException {
        if (thread != null) {
            uploader.stop();
            thread.join();
        }
        connection.close();
        server.close();
    }

    private void start(Optional<Path> location) {
        start(file -> location, Long.MAX_VALUE);
    }

    private void start(Function<ExecutableFile, Optional<Path>> locate, long maxTableBytes) {
        uploader = new SymbolUploader(connection, locate, extract, maxTableBytes, outcomes, new Random(1), () -> {});
        thread = Thread.ofPlatform().name("symbols").start(uploader);
    }

    private Path program() throws IOException {
        if (program == null) {
            program = CProgram.compile(directory, "addresses.c", "addresses", "-ldl")
                    .file();
        }
        return program;
    }

    /** The program as the agent knows it, of a made-up process. */
    private ExecutableFile known() throws IOException {
        Path exe = Files.createDirectories(directory.resolve("proc/1")).resolve("exe");
        if (!Files.exists(exe)) {
            Files.createSymbolicLink(exe, program());
        }
        ExecutableFiles files = new ExecutableFiles(
                directory.resolve("proc"), new SymbolizerElfReader(), 16, new Counts<>(MappingEvent.class));
        return files.ofProcess(1, "/opt/addresses", 0).orElseThrow();
    }

    private static void waitFor(BooleanSupplier condition) throws InterruptedException {
        while (!condition.getAsBoolean()) {
            Thread.sleep(1);
        }
    }

    private void waitFor(UploadOutcome outcome) throws InterruptedException {
        waitFor(() -> outcomes.get(outcome) > 0);
    }

    @Test
    void whatTheServerGetsAnswersLikeTheFile() throws IOException, InterruptedException {
        Path program = program();
        ExecutableFile file = known();
        start(Optional.of(program));
        uploader.offer(file);
        waitFor(UploadOutcome.UPLOADED);

        String id = file.buildId().hex();
        byte[] uploaded = server.debuginfo().uploaded(id);
        assertThat(server.debuginfo().finished).containsExactly(id);
        assertThat(server.debuginfo().initiated.getSize()).isEqualTo(uploaded.length);
        assertThat(server.debuginfo().initiated.getBuildIdType()).isEqualTo(BuildIDType.BUILD_ID_TYPE_GNU);
        assertThat(server.debuginfo().initiated.getHash()).hasSize(64);
        try (ElfFile sent = ElfFile.of(MemorySegment.ofArray(uploaded));
                ElfFile whole = ElfFile.open(program)) {
            assertThat(BuildIds.of(sent)).isEqualTo(BuildIds.of(whole));
            SymbolTable names = SymbolTable.read(sent);
            long main = new CProgram(program).nmAddress("main");
            assertThat(names.lookup(main).name()).isEqualTo("main");
            assertThat(uploaded.length).isLessThan((int) Files.size(program));
        }
        waitFor(() -> !Files.exists(extract));
    }

    @Test
    void aFileIsOfferedOnce() throws IOException, InterruptedException {
        start(Optional.of(program()));
        ExecutableFile file = known();
        for (int i = 0; i < 100; i++) {
            uploader.offer(file);
        }
        waitFor(UploadOutcome.UPLOADED);
        uploader.offer(file);
        uploader.offer(known());
        uploader.stop();
        thread.join();
        assertThat(server.debuginfo().asked).hasSize(1);
    }

    @Test
    void whatTheServerHasIsNotUploaded() throws IOException, InterruptedException {
        ExecutableFile file = known();
        server.debuginfo().finished.add(file.buildId().hex());
        start(Optional.of(program()));
        uploader.offer(file);
        waitFor(UploadOutcome.NOT_WANTED);
        assertThat(server.debuginfo().builds()).isEmpty();
    }

    @Test
    void refusalsAreTakenAsTheyAreMeant() throws IOException, InterruptedException {
        server.debuginfo().initiate = Status.FAILED_PRECONDITION;
        start(Optional.of(program()));
        uploader.offer(known());
        waitFor(UploadOutcome.POSTPONED);
    }

    @Test
    void anAnswerForEverIsNotAskedForAgain() throws IOException, InterruptedException {
        server.debuginfo().initiate = Status.ALREADY_EXISTS;
        start(Optional.of(program()));
        uploader.offer(known());
        waitFor(UploadOutcome.REFUSED);
        uploader.offer(known());
        uploader.stop();
        thread.join();
        assertThat(server.debuginfo().asked).hasSize(1);
    }

    @Test
    void aServerThatIsAwayIsAskedAgain() throws IOException, InterruptedException {
        server.debuginfo().question = Status.UNAVAILABLE;
        start(Optional.of(program()));
        uploader.offer(known());
        waitFor(UploadOutcome.FAILED);
        server.debuginfo().question = Status.OK;
        waitFor(UploadOutcome.UPLOADED);
    }

    @Test
    void tablesBeyondTheBoundAreNotRead() throws IOException, InterruptedException {
        Path program = program();
        start(file -> Optional.of(program), 100);
        uploader.offer(known());
        waitFor(UploadOutcome.TOO_LARGE);
        assertThat(server.debuginfo().builds()).isEmpty();
    }

    @Test
    void aFileThatTheAgentFailsAtIsCountedAndTheThreadGoesOn() throws IOException, InterruptedException {
        start(
                file -> {
                    throw new IllegalStateException("a fault of the agent");
                },
                Long.MAX_VALUE);
        uploader.offer(known());
        waitFor(UploadOutcome.ERROR);
        assertThat(thread.isAlive()).isTrue();
    }

    @Test
    void aFileThatTheHeapDoesNotBearIsCountedAndTheThreadGoesOn() throws IOException, InterruptedException {
        start(
                file -> {
                    throw new OutOfMemoryError("Java heap space");
                },
                Long.MAX_VALUE);
        uploader.offer(known());
        waitFor(UploadOutcome.TOO_LARGE);
        assertThat(thread.isAlive()).isTrue();
    }

    @Test
    void theNamesOfAnotherFileAreNotUploaded() throws IOException, InterruptedException {
        ExecutableFile file = known();
        start(Optional.of(Path.of(System.getProperty("java.home"), "lib/libjimage.so")));
        uploader.offer(file);
        waitFor(UploadOutcome.FILE_GONE);
        assertThat(server.debuginfo().builds()).isEmpty();
    }

    @Test
    void filesThatAreGoneOrDamagedEndInTheirCount() throws IOException, InterruptedException {
        start(Optional.empty());
        uploader.offer(known());
        waitFor(UploadOutcome.FILE_GONE);
        uploader.stop();
        thread.join();

        Path garbage = Files.write(
                directory.resolve("garbage"), "\u007fELF and then nothing".getBytes(StandardCharsets.UTF_8));
        start(Optional.of(garbage));
        uploader.offer(known());
        waitFor(UploadOutcome.UNREADABLE);
        assertThat(server.debuginfo().builds()).isEmpty();
    }
}
