package dev.sonde.agent.config;

import dev.sonde.agent.kernel.SamplerOptions;
import dev.sonde.agent.label.Rules;
import dev.sonde.model.Labels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Makes an {@link AgentConfig} of flags, {@code SONDE_*} variables, the YAML file and the defaults, in this order of
 * precedence. Unknown keys and values out of range are refused by a {@link ConfigException}.
 */
public final class AgentConfigLoader {

    /** The variable that names the YAML file when no flag does. */
    public static final String FILE_VARIABLE = "SONDE_CONFIG";

    private static final Path HOST_NAME = Path.of("/proc/sys/kernel/hostname");

    private final Map<Setting, String> flags;
    private final List<String> labelFlags;
    private final Map<String, String> environment;

    /**
     * @param flags the flags that were given; {@link Setting#LABELS} is not among them
     * @param labelFlags the values of {@code --label}, each {@code k=v}
     * @param environment {@code System.getenv()}
     */
    public AgentConfigLoader(Map<Setting, String> flags, List<String> labelFlags, Map<String, String> environment) {
        this.flags = Map.copyOf(flags);
        this.labelFlags = List.copyOf(labelFlags);
        this.environment = Map.copyOf(environment);
    }

    /**
     * Loads the configuration.
     *
     * @param fileFlag the YAML file of the flag; else {@value #FILE_VARIABLE} names it; else there is none
     * @throws ConfigException when anything is wrong
     */
    public AgentConfig load(Optional<Path> fileFlag) {
        Optional<Path> file = fileFlag.or(() -> Optional.ofNullable(environment.get(FILE_VARIABLE))
                .filter(name -> !name.isBlank())
                .map(name -> new SettingText(FILE_VARIABLE, name).path()));
        if (file.isEmpty()) {
            return config("", new YamlNode.Keys(1, Map.of()), Rules.none());
        }
        YamlNode.Keys document = YamlFile.read(file.get());
        String name = file.get().toString();
        checkKeys(name, document);
        return config(name, document, new RulesReader(name).read(document));
    }

    private static void checkKeys(String file, YamlNode.Keys document) {
        List<String> known = new ArrayList<>();
        for (Setting setting : Setting.values()) {
            known.add(setting.key());
        }
        known.addAll(RulesReader.KEYS);
        KnownKeys keys = new KnownKeys(known);
        document.entries().forEach((key, entry) -> keys.check(file + ":" + entry.line(), key));
    }

    private AgentConfig config(String file, YamlNode.Keys document, Rules rules) {
        Duration second = Duration.ofSeconds(1);
        Duration window = text(Setting.WINDOW, file, document).duration(second, Duration.ofMinutes(5), "1s to 5m");
        return new AgentConfig(
                text(Setting.SERVER, file, document).url(),
                text(Setting.HZ, file, document).integer(1, 1000),
                labels(file, document),
                host(file, document),
                text(Setting.SPOOL_DIR, file, document).path(),
                text(Setting.SPOOL_MAX_BYTES, file, document).bytes(1 << 20, 1L << 40, "1MiB to 1024GiB"),
                window,
                text(Setting.FIRST_WINDOW, file, document).duration(second, window, "1s to the window's length"),
                ringBufferBytes(text(Setting.RING_BUFFER_BYTES, file, document)),
                text(Setting.LISTEN, file, document).address(),
                rules,
                text(Setting.MAX_PROCESSES, file, document).integer(16, 1_000_000),
                text(Setting.MAX_THREADS, file, document).integer(16, 1_000_000),
                text(Setting.MAX_FILES, file, document).integer(16, 1_000_000));
    }

    /** The value that counts, and where it stands. */
    private SettingText text(Setting setting, String file, YamlNode.Keys document) {
        if (flags.containsKey(setting)) {
            return new SettingText(setting.flag(), flags.get(setting));
        }
        String variable = environment.getOrDefault(setting.variable(), "");
        if (!variable.isEmpty()) {
            return new SettingText(setting.key() + " in " + setting.variable(), variable);
        }
        YamlNode.Entry entry = document.entries().get(setting.key());
        if (entry == null) {
            return new SettingText(setting.key() + " by default", setting.defaultText());
        }
        String place = file + ":" + entry.line() + ": " + setting.key();
        if (entry.value() instanceof YamlNode.Scalar scalar) {
            return new SettingText(place, scalar.text());
        }
        throw new ConfigException(place + ": " + entry.value().description() + " (expected: one value)");
    }

    private Labels labels(String file, YamlNode.Keys document) {
        LabelSettings labels = new LabelSettings();
        YamlNode.Entry entry = document.entries().get(Setting.LABELS.key());
        if (entry != null) {
            String place = file + ":" + entry.line() + ": labels";
            switch (entry.value()) {
                case YamlNode.Scalar scalar -> labels.addPairs(place, scalar.text());
                case YamlNode.Items items ->
                    throw new ConfigException(place + ": " + items.description() + " (expected: NAME: VALUE)");
                case YamlNode.Keys keys ->
                    keys.entries().forEach((name, value) -> {
                        String at = file + ":" + value.line() + ": labels";
                        if (!(value.value() instanceof YamlNode.Scalar scalar)) {
                            throw new ConfigException(
                                    at + ", " + name + ": " + value.value().description() + " (expected: a text)");
                        }
                        labels.add(at, name, scalar.text());
                    });
            }
        }
        labels.addPairs(
                "labels in " + Setting.LABELS.variable(), environment.getOrDefault(Setting.LABELS.variable(), ""));
        labelFlags.forEach(pair -> labels.addPair(Setting.LABELS.flag(), pair));
        return labels.labels();
    }

    private String host(String file, YamlNode.Keys document) {
        String host = text(Setting.HOST, file, document).text().strip();
        if (!host.isEmpty()) {
            return host;
        }
        try {
            return Files.readString(HOST_NAME).strip();
        } catch (IOException e) {
            throw new ConfigException("host: not set, and " + HOST_NAME + " cannot be read: " + e
                    + " (expected: --host NAME or " + Setting.HOST.variable() + ")");
        }
    }

    private static int ringBufferBytes(SettingText text) {
        String expected = "a power of two, " + (SamplerOptions.MIN_RING_BUFFER_BYTES >> 10) + "KiB to "
                + (SamplerOptions.MAX_RING_BUFFER_BYTES >> 20) + "MiB";
        long bytes = text.bytes(SamplerOptions.MIN_RING_BUFFER_BYTES, SamplerOptions.MAX_RING_BUFFER_BYTES, expected);
        if (Long.bitCount(bytes) != 1) {
            throw ConfigException.value(text.place(), text.text(), expected);
        }
        return (int) bytes;
    }
}
