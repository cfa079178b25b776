package dev.sonde.agent.config;

/** A configuration that cannot be used. The message names the place, the value and what was expected. */
public final class ConfigException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    ConfigException(String message) {
        super(message);
    }

    static ConfigException value(String place, String value, String expected) {
        return new ConfigException(place + ": '" + value + "' (expected: " + expected + ")");
    }
}
