package dev.sonde.server.wiring;

import com.linecorp.armeria.server.Server;
import dev.sonde.server.metrics.ProcessMetrics;
import dev.sonde.server.metrics.StoreMetrics;
import dev.sonde.server.metrics.SymbolMetrics;
import dev.sonde.server.store.ProfileStore;
import dev.sonde.server.store.StoreException;
import dev.sonde.server.store.duckdb.DuckDbProfileStore;
import dev.sonde.server.store.duckdb.StoreSettings;
import dev.sonde.server.symbols.Symbols;
import dev.sonde.server.web.health.Readiness;
import dev.sonde.symbolizer.demangle.Demangler;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running server: the store, the symbols and the port. */
public final class SondeServer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SondeServer.class);

    private final ProfileStore store;
    private final Symbols symbols;
    private final Upkeep upkeep;
    private final Server http;
    private final Readiness readiness;
    private final CountDownLatch closed = new CountDownLatch(1);

    private SondeServer(ProfileStore store, Symbols symbols, Upkeep upkeep, Server http, Readiness readiness) {
        this.store = store;
        this.symbols = symbols;
        this.upkeep = upkeep;
        this.http = http;
        this.readiness = readiness;
    }

    /**
     * Opens the data folder, then the port. The server answers once this returns.
     *
     * @throws StartException when one of them cannot be had; the message says what to do
     */
    public static SondeServer start(ServerConfig config) throws StartException {
        return start(config, Clock.systemUTC());
    }

    /** The same with another idea of now. */
    static SondeServer start(ServerConfig config, Clock clock) throws StartException {
        PrometheusRegistry registry = new PrometheusRegistry();
        ProcessMetrics.register(registry);
        ProfileStore store = openStore(config);
        Symbols symbols = null;
        Upkeep upkeep = null;
        try {
            StoreMetrics.register(registry, store);
            symbols = openSymbols(config, registry, clock);
            Readiness readiness = new Readiness();
            Server http = new Services(config, store, symbols, registry, readiness, clock).build();
            start(http, config.listen());
            upkeep = Upkeep.start(store, symbols, config.retention(), clock);
            readiness.set(true);
            return new SondeServer(store, symbols, upkeep, http, readiness);
        } catch (StartException | RuntimeException e) {
            closeParts(symbols, store);
            throw e;
        }
    }

    private static ProfileStore openStore(ServerConfig config) throws StartException {
        try {
            return DuckDbProfileStore.open(config.data(), StoreSettings.defaults());
        } catch (StoreException e) {
            throw StartException.store(e);
        }
    }

    private static Symbols openSymbols(ServerConfig config, PrometheusRegistry registry, Clock clock)
            throws StartException {
        Path folder = config.data().resolve("symbols");
        try {
            return Symbols.open(folder, config.symbols(), Demangler::demangle, new SymbolMetrics(registry), clock);
        } catch (IOException e) {
            throw StartException.symbols(folder, e);
        }
    }

    private static void start(Server http, InetSocketAddress listen) throws StartException {
        try {
            http.start().join();
        } catch (CompletionException e) {
            throw StartException.port(listen, e.getCause());
        }
    }

    /** The address and port taken. */
    public InetSocketAddress address() {
        return http.activePort().localAddress();
    }

    /** Waits until the server is closed. */
    public void awaitClose() throws InterruptedException {
        closed.await();
    }

    /** Says that it is not ready, lets requests under way end for some seconds, then closes symbols and store. */
    @Override
    public void close() {
        readiness.set(false);
        http.stop().join();
        upkeep.close();
        closeParts(symbols, store);
        closed.countDown();
    }

    private static void closeParts(Symbols symbols, ProfileStore store) {
        if (symbols != null) {
            try {
                symbols.close();
            } catch (IOException e) {
                LOG.warn("names of the last seconds could not be kept", e);
            }
        }
        store.close();
    }
}
