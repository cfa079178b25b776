package dev.sonde.server.wiring;

import dev.sonde.server.ingest.IngestLimits;
import dev.sonde.server.symbols.SymbolLimits;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;

/**
 * How a server is to run.
 *
 * @param listen address and port; port 0 takes a free one
 * @param data folder of all that is kept
 * @param retention age at which profiles are dropped
 * @param ingest what one request may carry
 * @param symbols what symbols may cost
 * @param allowedHosts names served besides localhost and IP addresses
 */
public record ServerConfig(
        InetSocketAddress listen,
        Path data,
        Duration retention,
        IngestLimits ingest,
        SymbolLimits symbols,
        Set<String> allowedHosts) {
    public ServerConfig {
        Objects.requireNonNull(listen, "listen");
        Objects.requireNonNull(data, "data");
        Objects.requireNonNull(retention, "retention");
        Objects.requireNonNull(ingest, "ingest");
        Objects.requireNonNull(symbols, "symbols");
        allowedHosts = Set.copyOf(allowedHosts);
    }
}
