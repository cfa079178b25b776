package dev.sonde.agent.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import dev.sonde.agent.config.AgentConfig;
import dev.sonde.agent.fixture.CProgram;
import dev.sonde.agent.fixture.KernelRights;
import dev.sonde.agent.label.Rules;
import dev.sonde.agent.quality.QualityReport;
import dev.sonde.agent.quality.ReportJson;
import dev.sonde.agent.ship.RecordingServer;
import dev.sonde.model.Labels;
import dev.sonde.symbolizer.elf.ElfFile;
import dev.sonde.symbolizer.symbols.SymbolTable;
import dev.sonde.wire.pprof.Location;
import dev.sonde.wire.pprof.Mapping;
import dev.sonde.wire.pprof.Profile;
import dev.sonde.wire.pprof.Sample;
import dev.sonde.wire.profilestore.RawProfileSeries;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The whole agent on this kernel, shipping to a server that keeps what it gets. */
@Tag("kernel")
@Timeout(120)
class AgentIT {

    private static final int HERTZ = 499;

    @TempDir
    Path directory;

    private Path program;

    @BeforeEach
    void compile() throws IOException {
        KernelRights.require();
        program = CProgram.compile(directory, "thirds.c", "thirds", "-O0").file();
    }

    private AgentConfig config(URI server) {
        return new AgentConfig(
                server,
                HERTZ,
                Labels.of("region", "eu"),
                "box",
                directory.resolve("spool"),
                64 << 20,
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                1 << 20,
                Optional.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)),
                Rules.none(),
                4096,
                4096,
                4096);
    }

    @Test
    void profilesSymbolsAndCountsOfABusyProgramArrive() throws Exception {
        Process busy = new ProcessBuilder(program.toString(), "1000").start();
        try (RecordingServer server = new RecordingServer(0)) {
            Map<String, Double> counts;
            try (Agent agent = Agent.start(config(server.uri()))) {
                Thread thread = run(agent);
                waitFor(() -> count(server) >= 1000 && uploadedNames(server).contains("half"));
                agent.stop();
                thread.join();
                counts = metrics(agent);
                assertQuality(agent);
            } finally {
                busy.destroyForcibly();
            }
            assertSeries(server);
            assertShares(server, new CProgram(program));
            // All that was taken in is in a profile that arrived, or counted as lost.
            long arrived = server.profiles().stream()
                    .mapToLong(series -> count(parse(series)))
                    .sum();
            assertThat(arrived + sum(counts, "reason=\"window-")).isEqualTo(sum(counts, "sonde_agent_stacks_total"));
            assertThat(counts.get("sonde_agent_samples_total{type=\"cpu\"}"))
                    .as("what the kernel counted came through: %s", counts)
                    .isEqualTo(sum(counts, "sonde_agent_stacks_total"));
            assertThat(counts.get("sonde_agent_processes")).isPositive();
            assertThat(counts.get("sonde_agent_bpf_map_bytes")).isPositive();
        }
    }

    private void assertQuality(Agent agent) throws IOException, InterruptedException {
        QualityReport report = ReportJson.parse(get(agent, "/debug/unwind?format=json"));
        QualityReport.Line thirds = report.processes().stream()
                .filter(line -> line.name().equals("thirds"))
                .findFirst()
                .orElseThrow();
        assertThat(thirds.program()).isEqualTo(program.toString());
        assertThat(thirds.samples()).isGreaterThanOrEqualTo(1000);
        assertThat(100.0 * thirds.complete() / thirds.samples())
                .as("%s", thirds)
                .isGreaterThanOrEqualTo(99);
        assertThat(report.files())
                .anySatisfy(file -> assertThat(file.name()).isEqualTo(program.toString()))
                .anySatisfy(file -> assertThat(file.name()).endsWith("/libc.so.6"));
        assertThat(get(agent, "/debug/unwind")).contains(" thirds ");
    }

    private static double sum(Map<String, Double> counts, String part) {
        return counts.entrySet().stream()
                .filter(entry -> entry.getKey().contains(part))
                .mapToDouble(Map.Entry::getValue)
                .sum();
    }

    private static Thread run(Agent agent) {
        return Thread.ofPlatform().name("sampling").start(() -> {
            try {
                agent.run();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private static void waitFor(BooleanSupplier condition) throws InterruptedException {
        while (!condition.getAsBoolean()) {
            Thread.sleep(20);
        }
    }

    private static void assertSeries(RecordingServer server) {
        assertThat(ofProgram(server))
                .isNotEmpty()
                .allSatisfy(series -> assertThat(RecordingServer.labels(series))
                        .containsEntry("__name__", "cpu")
                        .containsEntry("service", "thirds")
                        .containsEntry("comm", "thirds")
                        .containsEntry("host", "box")
                        .containsEntry("region", "eu")
                        .doesNotContainKeys("pid", "tid", "thread"));
    }

    private static void assertShares(RecordingServer server, CProgram program) throws IOException {
        Map<String, Long> leaves = new TreeMap<>();
        long total = 0;
        List<String> functions = List.of("half", "third", "fifth", "rounds");
        for (RawProfileSeries series : ofProgram(server)) {
            Profile profile = parse(series);
            for (Sample sample : profile.getSampleList()) {
                Location leaf = profile.getLocation((int) sample.getLocationId(0) - 1);
                total += sample.getValue(0);
                leaves.merge(function(profile, leaf, program, functions), sample.getValue(0), Long::sum);
            }
        }
        assertThat(100.0 * leaves.get("half") / total).as("half: %s", leaves).isCloseTo(50, offset(5.0));
        assertThat(100.0 * leaves.get("third") / total).as("third: %s", leaves).isCloseTo(30, offset(5.0));
        assertThat(100.0 * leaves.get("fifth") / total).as("fifth: %s", leaves).isCloseTo(20, offset(5.0));
    }

    /** The function by the addresses that nm prints: what the profile has is the ELF virtual address, nameless. */
    private static String function(Profile profile, Location location, CProgram program, List<String> functions)
            throws IOException {
        Mapping mapping = profile.getMapping((int) location.getMappingId() - 1);
        if (location.getLineCount() > 0) {
            return profile.getStringTable((int) mapping.getFilename());
        }
        if (!profile.getStringTable((int) mapping.getFilename())
                .equals(program.file().toString())) {
            return "elsewhere";
        }
        assertThat(profile.getStringTable((int) mapping.getBuildId())).isEqualTo(program.readelfBuildId());
        assertThat(location.getAddress()).isBetween(mapping.getMemoryStart(), mapping.getMemoryLimit() - 1);
        String found = "before";
        long start = 0;
        for (String function : functions) {
            long address = program.nmAddress(function);
            if (address <= location.getAddress() && address > start) {
                start = address;
                found = function;
            }
        }
        return found;
    }

    private static List<RawProfileSeries> ofProgram(RecordingServer server) {
        return server.profiles().stream()
                .filter(series -> "thirds".equals(RecordingServer.labels(series).get("service")))
                .toList();
    }

    private static long count(RecordingServer server) {
        return ofProgram(server).stream()
                .mapToLong(series -> count(parse(series)))
                .sum();
    }

    private static long count(Profile profile) {
        return profile.getSampleList().stream()
                .mapToLong(sample -> sample.getValue(0))
                .sum();
    }

    private static Profile parse(RawProfileSeries series) {
        try {
            return Profile.parseFrom(
                    new GZIPInputStream(series.getSamples(0).getRawProfile().newInput()));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** The names in what was uploaded for the program. */
    private List<String> uploadedNames(RecordingServer server) {
        try {
            byte[] uploaded = server.debuginfo().uploaded(new CProgram(program).readelfBuildId());
            if (uploaded == null) {
                return List.of();
            }
            try (ElfFile elf = ElfFile.of(MemorySegment.ofArray(uploaded))) {
                SymbolTable symbols = SymbolTable.read(elf);
                return IntStream.range(0, symbols.size())
                        .mapToObj(symbols::name)
                        .toList();
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static Map<String, Double> metrics(Agent agent) throws IOException, InterruptedException {
        Map<String, Double> values = new TreeMap<>();
        String text = get(agent, "/metrics");
        text.lines().filter(line -> !line.startsWith("#")).forEach(line -> {
            int space = line.lastIndexOf(' ');
            values.put(line.substring(0, space), Double.valueOf(line.substring(space + 1)));
        });
        return values;
    }

    private static String get(Agent agent, String path) throws IOException, InterruptedException {
        int port = agent.metricsAddress().orElseThrow().getPort();
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(request, HttpResponse.BodyHandlers.ofString()).body();
        }
    }
}
