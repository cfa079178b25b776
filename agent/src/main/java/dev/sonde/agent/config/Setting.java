package dev.sonde.agent.config;

import java.util.Locale;
import java.util.Optional;

/**
 * Every setting of the agent that is one value. A setting {@code spool_dir} is the key {@code spool_dir} of the YAML
 * file, the environment variable {@code SONDE_SPOOL_DIR} and the flag {@code --spool-dir}.
 */
public enum Setting {
    /** Where profiles go. */
    SERVER("http://127.0.0.1:7070", "URL of the server"),
    /** How often each CPU is sampled. */
    HZ("19", "samples per second and CPU, 1 to 1000"),
    /** Labels of every series. */
    LABELS("", "further labels of every series, k=v,k=v; from all sources, the nearer one counts for each name"),
    /** The value of the label host. */
    HOST("", "value of the label host; by default the machine's name"),
    /** Where profiles wait for the server. */
    SPOOL_DIR("/var/lib/sonde/spool", "folder where profiles wait while the server is away"),
    /** How much may wait. */
    SPOOL_MAX_BYTES("256MiB", "most that waits there; the oldest go first, counted"),
    /** The length of one profile. */
    WINDOW("10s", "length of a profile, 1s to 5m"),
    /** When the first profile of a fresh agent is shipped. */
    FIRST_WINDOW("2s", "length of the first profile after the start, at most window"),
    /** Memory between kernel and agent. */
    RING_BUFFER_BYTES("1MiB", "ring buffer between kernel and agent, a power of two, 4KiB to 64MiB"),
    /** The agent's own metrics. */
    LISTEN("127.0.0.1:7071", "address of the agent's own /metrics, or off"),
    /** Bound of the process table. */
    MAX_PROCESSES("4096", "processes remembered, 16 to 1000000"),
    /** Bound of the thread names. */
    MAX_THREADS("16384", "thread names remembered, 16 to 1000000"),
    /** Bound of the executable files. */
    MAX_FILES("4096", "executable files remembered, 16 to 1000000");

    private final String defaultText;
    private final String description;

    Setting(String defaultText, String description) {
        this.defaultText = defaultText;
        this.description = description;
    }

    /** The key in the YAML file. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The environment variable. */
    public String variable() {
        return "SONDE_" + name();
    }

    /** The flag; labels are given one by one by {@code --label k=v}. */
    public String flag() {
        return this == LABELS ? "--label" : "--" + key().replace('_', '-');
    }

    /** The default as it would be written. */
    public String defaultText() {
        return defaultText;
    }

    /** What it means and what is allowed, in one line. */
    public String description() {
        return description;
    }

    /** The setting of a key of the YAML file. */
    static Optional<Setting> ofKey(String key) {
        for (Setting setting : values()) {
            if (setting.key().equals(key)) {
                return Optional.of(setting);
            }
        }
        return Optional.empty();
    }
}
