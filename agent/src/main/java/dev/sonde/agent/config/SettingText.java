package dev.sonde.agent.config;

import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * What somebody wrote for a setting, and where.
 *
 * @param place for errors: {@code hz in SONDE_HZ}
 * @param text the value
 */
record SettingText(String place, String text) {

    private ConfigException refused(String expected) {
        return ConfigException.value(place, text, expected);
    }

    int integer(int min, int max) {
        String expected = min + " to " + max;
        try {
            int value = Integer.parseInt(text.strip());
            if (value >= min && value <= max) {
                return value;
            }
        } catch (NumberFormatException e) {
            throw refused(expected);
        }
        throw refused(expected);
    }

    /** A number of bytes, with KiB, MiB, GiB or without. */
    long bytes(long min, long max, String expected) {
        String number = text.strip();
        int shift = number.endsWith("KiB") ? 10 : number.endsWith("MiB") ? 20 : number.endsWith("GiB") ? 30 : 0;
        if (shift > 0) {
            number = number.substring(0, number.length() - "KiB".length()).strip();
        }
        try {
            long value = Long.parseLong(number);
            if (value >= 0 && value <= max >> shift && value << shift >= min) {
                return value << shift;
            }
        } catch (NumberFormatException e) {
            throw refused(expected);
        }
        throw refused(expected);
    }

    /** A whole number of ms, s or m. */
    Duration duration(Duration min, Duration max, String expected) {
        String number = text.strip();
        long unitMillis = number.endsWith("ms") ? 1 : number.endsWith("s") ? 1000 : number.endsWith("m") ? 60_000 : 0;
        if (unitMillis == 0) {
            throw refused(expected);
        }
        try {
            long value = Long.parseLong(number.substring(0, number.length() - (unitMillis == 1 ? 2 : 1)));
            Duration duration = Duration.ofMillis(Math.multiplyExact(value, unitMillis));
            if (duration.compareTo(min) >= 0 && duration.compareTo(max) <= 0) {
                return duration;
            }
        } catch (NumberFormatException | ArithmeticException e) {
            throw refused(expected);
        }
        throw refused(expected);
    }

    URI url() {
        try {
            URI uri = new URI(text.strip());
            boolean http = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
            if (http && uri.getHost() != null) {
                return uri;
            }
        } catch (URISyntaxException e) {
            throw refused("http://HOST:PORT or https://HOST:PORT");
        }
        throw refused("http://HOST:PORT or https://HOST:PORT");
    }

    /** HOST:PORT, or empty for {@code off}. */
    Optional<InetSocketAddress> address() {
        String address = text.strip();
        if (address.equals("off")) {
            return Optional.empty();
        }
        int colon = address.lastIndexOf(':');
        if (colon <= 0) {
            throw refused("HOST:PORT, or off");
        }
        String host = address.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        }
        int port = new SettingText(place + ", port", address.substring(colon + 1)).integer(0, 65_535);
        InetSocketAddress resolved = new InetSocketAddress(host, port);
        if (resolved.isUnresolved()) {
            throw refused("an address or a name of this machine");
        }
        return Optional.of(resolved);
    }

    Path path() {
        try {
            if (!text.isBlank()) {
                return Path.of(text);
            }
        } catch (InvalidPathException e) {
            throw refused("a folder");
        }
        throw refused("a folder");
    }
}
