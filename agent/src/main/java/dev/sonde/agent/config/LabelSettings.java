package dev.sonde.agent.config;

import dev.sonde.model.Labels;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The further labels of every series, from all sources; sources are added from the least to the most important. */
final class LabelSettings {

    /** Labels that the agent gives itself. */
    private static final Set<String> OWN = Set.of("service", "version", "comm", "host");

    private final Map<String, String> labels = new TreeMap<>();

    Labels labels() {
        return Labels.of(labels);
    }

    void add(String place, String name, String value) {
        if (!Labels.isValidName(name) || name.startsWith("__")) {
            throw ConfigException.value(
                    place, name, "a name of letters, digits and _, not beginning with a digit or __");
        }
        if (OWN.contains(name)) {
            throw ConfigException.value(
                    place,
                    name,
                    "another name than " + String.join(", ", List.of("service", "version", "comm", "host"))
                            + ", which the agent sets; host has a setting, service and version have rules");
        }
        if (value.getBytes(StandardCharsets.UTF_8).length > Labels.MAX_VALUE_BYTES) {
            throw new ConfigException(place + ", " + name + ": " + value.length() + " characters (expected: at most "
                    + Labels.MAX_VALUE_BYTES + " bytes)");
        }
        labels.put(name, value);
    }

    /** Adds {@code k=v}. */
    void addPair(String place, String pair) {
        int equals = pair.indexOf('=');
        if (equals <= 0) {
            throw ConfigException.value(place, pair, "NAME=VALUE");
        }
        add(place, pair.substring(0, equals).strip(), pair.substring(equals + 1).strip());
    }

    /** Adds {@code k=v,k=v}. */
    void addPairs(String place, String pairs) {
        for (String pair : pairs.split(",", -1)) {
            if (!pair.isBlank()) {
                addPair(place, pair);
            }
        }
    }
}
