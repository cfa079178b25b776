package dev.sonde.server.cli;

import dev.sonde.server.ingest.IngestLimits;
import dev.sonde.server.symbols.SymbolLimits;
import dev.sonde.server.wiring.ServerConfig;
import dev.sonde.server.wiring.SondeServer;
import dev.sonde.server.wiring.StartException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code server}: runs until it is told to stop (SIGTERM, SIGINT). The first line on standard output is its address, once
 * it answers there. Exit code 1 when it cannot start.
 */
@Command(
        name = "server",
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        sortOptions = false,
        description = "Takes, keeps and answers profiles.")
public final class ServerCommand implements Callable<Integer> {

    private static final int CANNOT_START = 1;
    private static final int MAX_DEBUGINFO_GIB = 1 << 20;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--listen",
            paramLabel = "ADDR",
            converter = ListenAddress.class,
            defaultValue = "${env:SONDE_LISTEN:-127.0.0.1:7070}",
            description = "Address and port; port 0 takes a free one. Nothing authenticates yet: beyond loopback"
                    + " everybody who reaches the port reads and writes.")
    private InetSocketAddress listen;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Folder of all that is kept. Default: $SONDE_DATA, else $XDG_DATA_HOME/sonde, else"
                    + " ~/.local/share/sonde.")
    private Path data;

    @Option(
            names = "--retention",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            defaultValue = "${env:SONDE_RETENTION:-7d}",
            description = "Profiles older than this go, a UTC day at a time.")
    private Duration retention;

    @Option(
            names = "--late",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            defaultValue = "${env:SONDE_LATE:-24h}",
            description = "How old a profile may be when it comes in.")
    private Duration late;

    @Option(
            names = "--debuginfo-gib",
            paramLabel = "N",
            defaultValue = "${env:SONDE_DEBUGINFO_GIB:-4}",
            description = "Disk for debuginfo; the least recently used goes first.")
    private int debuginfoGib;

    @Option(
            names = "--allow-host",
            paramLabel = "NAME",
            description = "A host name under which browsers reach a server on loopback, through a proxy for example;"
                    + " localhost and IP addresses always do. May be given several times.")
    private Set<String> allowedHosts = new TreeSet<>();

    @Override
    public Integer call() throws InterruptedException {
        SondeServer server;
        try {
            server = SondeServer.start(config());
        } catch (StartException e) {
            spec.commandLine().getErr().println("sonde server: " + e.getMessage());
            return CANNOT_START;
        }
        Runtime.getRuntime().addShutdownHook(new Thread(server::close, "sonde-stop"));
        if (!listen.getAddress().isLoopbackAddress()) {
            warnOfOpenPort(server.address());
        }
        spec.commandLine().getOut().println(url(server.address()));
        spec.commandLine().getOut().flush();
        server.awaitClose();
        return 0;
    }

    private ServerConfig config() {
        if (debuginfoGib < 1 || debuginfoGib > MAX_DEBUGINFO_GIB) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--debuginfo-gib: " + debuginfoGib + " (expected: 1 to " + MAX_DEBUGINFO_GIB + ")");
        }
        Set<String> hosts = new TreeSet<>();
        allowedHosts.forEach(host -> hosts.add(host.toLowerCase(Locale.ROOT)));
        return new ServerConfig(
                listen,
                data == null ? DataFolderDefault.of(System.getenv(), System.getProperty("user.home")) : data,
                retention,
                IngestLimits.defaults().withMaxLate(late),
                SymbolLimits.defaults((long) debuginfoGib << 30),
                hosts);
    }

    private void warnOfOpenPort(InetSocketAddress address) {
        spec.commandLine()
                .getErr()
                .println("WARNING: " + url(address) + " is open to everybody who can reach it: nothing authenticates"
                        + " yet. Whoever connects reads every profile and writes any. Use --listen 127.0.0.1:"
                        + address.getPort() + " and a proxy that authenticates.");
    }

    private static String url(InetSocketAddress address) {
        String host = address.getAddress().getHostAddress();
        return "http://" + (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + address.getPort();
    }
}
