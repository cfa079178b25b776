package dev.sonde.agent.label;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;

/** Service and version from a process's environment. */
public final class EnvironmentLabels {

    /** The variables that are read; all others of a process are never kept. */
    public static final Set<String> VARIABLES =
            Set.of("SONDE_SERVICE", "SONDE_VERSION", "OTEL_SERVICE_NAME", "OTEL_RESOURCE_ATTRIBUTES");

    private EnvironmentLabels() {}

    /** SONDE_* first, then OTEL_SERVICE_NAME, then OTEL_RESOURCE_ATTRIBUTES. */
    static ServiceVersion of(Map<String, String> environment) {
        String attributes = environment.getOrDefault("OTEL_RESOURCE_ATTRIBUTES", "");
        String service = environment.getOrDefault("SONDE_SERVICE", "");
        if (service.isEmpty()) {
            service = environment.getOrDefault("OTEL_SERVICE_NAME", "");
        }
        if (service.isEmpty()) {
            service = resourceAttribute(attributes, "service.name");
        }
        String version = environment.getOrDefault("SONDE_VERSION", "");
        if (version.isEmpty()) {
            version = resourceAttribute(attributes, "service.version");
        }
        return new ServiceVersion(service, version);
    }

    /**
     * One value of {@code key1=value1,key2=value2}, percent-decoded; empty when the key is absent. The format is that of
     * the OpenTelemetry specification, "Resource SDK: specifying resource information via an environment variable".
     */
    static String resourceAttribute(String attributes, String key) {
        for (int from = 0; from < attributes.length(); ) {
            int comma = attributes.indexOf(',', from);
            int end = comma < 0 ? attributes.length() : comma;
            int equals = attributes.indexOf('=', from);
            if (equals >= 0
                    && equals < end
                    && percentDecode(attributes.substring(from, equals).strip()).equals(key)) {
                return percentDecode(attributes.substring(equals + 1, end).strip());
            }
            from = end + 1;
        }
        return "";
    }

    /** Percent signs that are not followed by two hexadecimal digits stay as they are. */
    static String percentDecode(String text) {
        if (text.indexOf('%') < 0) {
            return text;
        }
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream decoded = new ByteArrayOutputStream(bytes.length);
        for (int i = 0; i < bytes.length; i++) {
            int high = bytes[i] == '%' && i + 2 < bytes.length ? Character.digit(bytes[i + 1], 16) : -1;
            int low = high >= 0 ? Character.digit(bytes[i + 2], 16) : -1;
            if (low >= 0) {
                decoded.write(high << 4 | low);
                i += 2;
            } else {
                decoded.write(bytes[i]);
            }
        }
        return decoded.toString(StandardCharsets.UTF_8);
    }
}
