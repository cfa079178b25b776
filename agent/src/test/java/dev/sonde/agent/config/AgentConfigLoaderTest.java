package dev.sonde.agent.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sonde.model.Labels;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AgentConfigLoaderTest {

    private static final String ALL = """
            # Everything there is.
            server: https://profiles.example:443
            hz: 49
            labels:
              region: eu
              zone: 1
            host: box
            spool_dir: /tmp/spool
            spool_max_bytes: 2GiB
            window: 20s
            first_window: 3s
            ring_buffer_bytes: 512KiB
            listen: off
            max_processes: 100
            max_threads: 200
            max_files: 300
            rules:
              - executable: '^/opt/([^/]+)/'
                service: 'shop-$1'
            include:
              - service: 'shop-*'
            exclude:
              - comm: 'stress*'
                cgroup: '/user.slice/*'
            """;

    @TempDir
    Path directory;

    private Path file(String yaml) throws IOException {
        return Files.writeString(directory.resolve("agent.yaml"), yaml);
    }

    private AgentConfig load(String yaml) throws IOException {
        return new AgentConfigLoader(Map.of(), List.of(), Map.of()).load(Optional.of(file(yaml)));
    }

    @Test
    void theDefaultsAreAllAllowed() {
        AgentConfig config = new AgentConfigLoader(Map.of(), List.of(), Map.of()).load(Optional.empty());
        assertThat(config.server()).isEqualTo(URI.create("http://127.0.0.1:7070"));
        assertThat(config.hz()).isEqualTo(19);
        assertThat(config.window()).isEqualTo(Duration.ofSeconds(10));
        assertThat(config.firstWindow()).isEqualTo(Duration.ofSeconds(2));
        assertThat(config.listen()).contains(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 7071));
        assertThat(config.host()).isNotEmpty();
        assertThat(config.labels()).isEqualTo(Labels.empty());
    }

    @Test
    void everythingInAFile() throws IOException {
        AgentConfig config = load(ALL);
        assertThat(config.server()).isEqualTo(URI.create("https://profiles.example:443"));
        assertThat(config.hz()).isEqualTo(49);
        assertThat(config.labels()).isEqualTo(Labels.of("region", "eu", "zone", "1"));
        assertThat(config.host()).isEqualTo("box");
        assertThat(config.spoolDirectory()).isEqualTo(Path.of("/tmp/spool"));
        assertThat(config.spoolMaxBytes()).isEqualTo(2L << 30);
        assertThat(config.window()).isEqualTo(Duration.ofSeconds(20));
        assertThat(config.firstWindow()).isEqualTo(Duration.ofSeconds(3));
        assertThat(config.ringBufferBytes()).isEqualTo(512 << 10);
        assertThat(config.listen()).isEmpty();
        assertThat(List.of(config.maxProcesses(), config.maxThreads(), config.maxFiles()))
                .containsExactly(100, 200, 300);
        assertThat(config.rules().labels()).hasSize(1);
        assertThat(config.rules().include()).hasSize(1);
        assertThat(config.rules().exclude()).hasSize(1);
    }

    @Test
    void flagsCountMoreThanVariablesMoreThanTheFile() throws IOException {
        Map<String, String> environment = Map.of(
                "SONDE_HZ",
                "50",
                "SONDE_HOST",
                "by-variable",
                "SONDE_LABELS",
                "zone=2,tier=a",
                "SONDE_SERVICE",
                "mine");
        AgentConfig config = new AgentConfigLoader(Map.of(Setting.HZ, "99"), List.of("tier=b"), environment)
                .load(Optional.of(file(ALL)));
        assertThat(config.hz()).isEqualTo(99);
        assertThat(config.host()).isEqualTo("by-variable");
        assertThat(config.spoolDirectory()).isEqualTo(Path.of("/tmp/spool"));
        assertThat(config.labels()).isEqualTo(Labels.of("region", "eu", "zone", "2", "tier", "b"));
    }

    @Test
    void aVariableNamesTheFile() throws IOException {
        Map<String, String> environment = Map.of("SONDE_CONFIG", file("hz: 7").toString());
        assertThat(new AgentConfigLoader(Map.of(), List.of(), environment)
                        .load(Optional.empty())
                        .hz())
                .isEqualTo(7);
    }

    @Test
    void anEmptyFileIsTheDefaults() throws IOException {
        assertThat(load("").hz()).isEqualTo(19);
        assertThat(load("# nothing\n").hz()).isEqualTo(19);
        assertThat(load("rules:\nhz: 3\n").hz()).isEqualTo(3);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "hz: 0                      | :1: hz: '0' (expected: 1 to 1000)",
                "hz: many                   | :1: hz: 'many' (expected: 1 to 1000)",
                "#\\nhz: [1]                | :2: hz: a list (expected: one value)",
                "hz: 1\\nhertz: 1           | :2: unknown key 'hertz' (expected: server, hz,",
                "widnow: 10s                | ; perhaps window)",
                "hz: 1\\nhz: 2              | :2: 'hz' stands in line 1 already",
                "server: ftp://x            | :1: server: 'ftp://x' (expected: http://HOST:PORT or https://HOST:PORT)",
                "server: \"\"               | :1: server: '' (expected: http",
                "window: 10                 | :1: window: '10' (expected: 1s to 5m)",
                "window: 99999999999999999m | (expected: 1s to 5m)",
                "first_window: 11s          | (expected: 1s to the window's length)",
                "ring_buffer_bytes: 100000  | (expected: a power of two, 4KiB to 64MiB)",
                "ring_buffer_bytes: 128MiB  | (expected: a power of two, 4KiB to 64MiB)",
                "spool_max_bytes: 9999999999GiB | (expected: 1MiB to 1024GiB)",
                "spool_max_bytes: -1        | (expected: 1MiB to 1024GiB)",
                "listen: 7071               | :1: listen: '7071' (expected: HOST:PORT, or off)",
                "listen: a:70000            | :1: listen, port: '70000' (expected: 0 to 65535)",
                "labels: {service: x}       | 'service' (expected: another name than",
                "labels: {1x: x}            | '1x' (expected: a name of letters",
                "labels: {x: [1]}           | labels, x: a list (expected: a text)",
                "labels: [a]                | labels: a list (expected: NAME: VALUE)",
                "rules: {}                  | :1: rules: a mapping (expected: a list of rules)",
                "rules:\\n- x               | :2: rules rule 1: 'x' (expected: key: value)",
                "rules:\\n- {service: x}    | :2: rules rule 1, rule: no pattern (expected: executable, command_line or cgroup)",
                "rules:\\n- {exe: x}        | :2: rules rule 1: unknown key 'exe' (expected: executable,",
                "rules:\\n- {executable: a, service: b}\\n- {executable: '(', service: x} | :3: rules rule 2, executable: '(' (expected: a regular expression as RE2 has it",
                "rules:\\n- {executable: a, service: $1} | :2: rules rule 1, service: '$1' at character 1 (expected: $$",
                "exclude:\\n- {comm: \"\"}  | :2: exclude rule 1, glob: '' (expected: at least one character",
                "exclude:\\n- {}            | :2: exclude rule 1, rule: no glob (expected: service, comm or cgroup)",
                "[1]                        | :1: no mapping (expected: lines of key: value)",
                "hz: 1\\n--- \\nhz: 2       | a second document (expected: one)",
                "a: [                       | (expected: YAML)",
            })
    void whatCannotBeUsedIsSaid(String yaml, String message) {
        assertThatThrownBy(() -> load(yaml.replace("\\n", "\n")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(directory.resolve("agent.yaml").toString())
                .hasMessageContaining(message);
    }

    @Test
    void flagsAndVariablesAreNamedInErrors() {
        AgentConfigLoader flag = new AgentConfigLoader(Map.of(Setting.HZ, "0"), List.of(), Map.of());
        assertThatThrownBy(() -> flag.load(Optional.empty())).hasMessage("--hz: '0' (expected: 1 to 1000)");
        AgentConfigLoader variable = new AgentConfigLoader(Map.of(), List.of(), Map.of("SONDE_HZ", "x"));
        assertThatThrownBy(() -> variable.load(Optional.empty()))
                .hasMessage("hz in SONDE_HZ: 'x' (expected: 1 to 1000)");
        AgentConfigLoader label = new AgentConfigLoader(Map.of(), List.of("novalue"), Map.of());
        assertThatThrownBy(() -> label.load(Optional.empty())).hasMessage("--label: 'novalue' (expected: NAME=VALUE)");
        assertThatThrownBy(() -> new AgentConfigLoader(Map.of(), List.of(), Map.of())
                        .load(Optional.of(directory.resolve("not-there.yaml"))))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("not-there.yaml")
                .hasMessageContaining("expected: a readable YAML file");
    }

    @Test
    void deepAndLargeFilesAreRefused() {
        assertThatThrownBy(() -> load("labels: " + "[".repeat(100) + "]".repeat(100)))
                .isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> load("#" + "x".repeat(2 << 20)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("more than 1048576 bytes");
    }

    @Test
    void everySettingHasItsNames() {
        for (Setting setting : Setting.values()) {
            assertThat(setting.variable()).isEqualTo("SONDE_" + setting.name());
            assertThat(Setting.ofKey(setting.key())).contains(setting);
            assertThat(setting.description()).isNotEmpty();
        }
        assertThat(Setting.SPOOL_DIR.flag()).isEqualTo("--spool-dir");
    }

    @Property(tries = 500)
    void aDamagedFileIsReadOrRefused(@ForAll @IntRange(max = 600) int where, @ForAll byte what) throws IOException {
        byte[] yaml = ALL.getBytes(StandardCharsets.UTF_8);
        yaml[where % yaml.length] = what;
        Path damaged = Files.createTempFile("agent", ".yaml");
        try {
            Files.write(damaged, yaml);
            new AgentConfigLoader(Map.of(), List.of(), Map.of()).load(Optional.of(damaged));
        } catch (ConfigException e) {
            assertThat(e).hasMessageContaining("expected");
        } finally {
            Files.delete(damaged);
        }
    }
}
