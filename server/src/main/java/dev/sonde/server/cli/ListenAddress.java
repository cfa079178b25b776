package dev.sonde.server.cli;

import java.net.InetSocketAddress;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code HOST:PORT}, {@code [V6ADDRESS]:PORT} and {@code :PORT}, which means every address. */
final class ListenAddress implements ITypeConverter<InetSocketAddress> {

    private static final int MAX_PORT = 65_535;

    @Override
    public InetSocketAddress convert(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 0) {
            throw refused(text);
        }
        int port = port(text.substring(colon + 1), text);
        String host = text.substring(0, colon);
        if (host.isEmpty()) {
            return new InetSocketAddress(port);
        }
        boolean bracketed = host.startsWith("[") && host.endsWith("]");
        if (host.indexOf(':') >= 0 && !bracketed) {
            throw refused(text);
        }
        InetSocketAddress address =
                new InetSocketAddress(bracketed ? host.substring(1, host.length() - 1) : host, port);
        if (address.isUnresolved()) {
            throw new TypeConversionException("'" + text + "': no address is known for '" + host
                    + "' (expected: an address of this machine, such as 127.0.0.1:7070)");
        }
        return address;
    }

    private static int port(String digits, String text) {
        try {
            int port = Integer.parseInt(digits);
            if (port >= 0 && port <= MAX_PORT) {
                return port;
            }
        } catch (NumberFormatException e) {
            throw refused(text);
        }
        throw refused(text);
    }

    private static TypeConversionException refused(String text) {
        return new TypeConversionException("'" + text + "' (expected: HOST:PORT, such as 127.0.0.1:7070)");
    }
}
