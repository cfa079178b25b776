package dev.sonde.agent.wiring;

import dev.sonde.agent.config.AgentConfig;
import dev.sonde.agent.count.Counts;
import dev.sonde.agent.mapping.ExecutableFile;
import dev.sonde.agent.mapping.ExecutableFiles;
import dev.sonde.agent.metrics.AgentMetrics;
import dev.sonde.agent.ship.ProfileBatch;
import dev.sonde.agent.ship.ServerConnection;
import dev.sonde.agent.ship.ShipDrop;
import dev.sonde.agent.ship.ShipEvent;
import dev.sonde.agent.ship.Shipper;
import dev.sonde.agent.ship.Spool;
import dev.sonde.agent.ship.SymbolUploader;
import dev.sonde.agent.ship.UploadOutcome;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The spool and the two threads that talk to the server. */
final class Delivery {

    private static final Logger LOG = LoggerFactory.getLogger(Delivery.class);

    /** An orderly stop is not held up longer by a server that is away: what is left is in the spool. */
    private static final Duration DRAIN = Duration.ofSeconds(3);

    /** Of a file's symbol and string tables: what the server takes of one upload (SymbolLimits). */
    private static final long MAX_TABLE_BYTES = 64 << 20;

    private final Counts<ShipEvent> events = new Counts<>(ShipEvent.class);
    private final Counts<ShipDrop> drops = new Counts<>(ShipDrop.class);
    private final Counts<UploadOutcome> uploads = new Counts<>(UploadOutcome.class);
    private final Spool spool;
    private final ServerConnection server;
    private final Shipper shipper;
    private final Thread shipperThread;
    private Optional<SymbolUploader> uploader = Optional.empty();
    private Optional<Thread> symbolsThread = Optional.empty();

    private Delivery(AgentConfig config) throws IOException {
        spool = Spool.open(config.spoolDirectory(), config.spoolMaxBytes(), drops, events);
        server = ServerConnection.to(config.server());
        shipper = new Shipper(spool, server, events, drops, RandomGenerator.getDefault());
        shipperThread = Thread.ofPlatform().name("ship").daemon().unstarted(shipper);
    }

    /**
     * Begins to ship what is in the spool.
     *
     * @throws IOException when the spool cannot be used
     */
    static Delivery start(AgentConfig config) throws IOException {
        Delivery delivery = new Delivery(config);
        delivery.shipperThread.start();
        return delivery;
    }

    /** Begins to upload symbols; the answer takes the files that profiles name. */
    Consumer<ExecutableFile> startUploads(ExecutableFiles files) {
        SymbolUploader symbols = new SymbolUploader(
                server,
                files::locate,
                spool.temporaryFile("symbols"),
                MAX_TABLE_BYTES,
                uploads,
                RandomGenerator.getDefault(),
                // Symbol tables grow the heap for seconds; only a full collection gives the memory back to the system.
                System::gc);
        uploader = Optional.of(symbols);
        symbolsThread = Optional.of(Thread.ofPlatform().name("symbols").daemon().start(symbols));
        return symbols::offer;
    }

    /** Where the profiles of the next windows are gathered. */
    ProfileBatch newBatch() {
        return new ProfileBatch(spool::append, drops);
    }

    void register(AgentMetrics metrics) {
        metrics.shipping(events, drops, uploads);
        metrics.gauge("sonde_agent_spool_bytes", "Bytes of batches that wait for the server", spool::bytes);
        metrics.gauge("sonde_agent_spool_batches", "Batches that wait for the server", spool::size);
    }

    /** Whether both threads, as far as they were started, still run. */
    boolean alive() {
        return shipperThread.isAlive() && symbolsThread.map(Thread::isAlive).orElse(true);
    }

    /** Ends both threads, after one more attempt to ship. */
    void stop() {
        uploader.ifPresent(SymbolUploader::stop);
        shipper.stop(DRAIN);
        try {
            boolean ended = shipperThread.join(DRAIN.plusSeconds(1));
            if (!ended) {
                LOG.warn("shipping did not end in time; what is left is in the spool");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        server.close();
        try {
            spool.close();
        } catch (IOException e) {
            LOG.warn("closing the spool: {}", e.toString());
        }
    }
}
