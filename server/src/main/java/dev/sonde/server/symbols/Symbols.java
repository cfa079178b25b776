package dev.sonde.server.symbols;

import dev.sonde.model.BuildId;
import dev.sonde.server.metrics.SymbolMetrics;
import dev.sonde.server.store.StoredLocation;
import dev.sonde.server.store.StoredLocation.StoredLine;
import dev.sonde.symbolizer.symbols.Symbol;
import dev.sonde.symbolizer.symbols.SymbolTable;
import io.grpc.BindableService;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The symbols of a data folder: takes debuginfo, and names addresses of profiles whenever they came. Any number of
 * threads; blocks on the disk.
 */
public final class Symbols implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Symbols.class);

    private final Uploads uploads;
    private final DebuginfoStore store;
    private final SymbolTables tables;
    private final NameCache names;
    private final Naming naming;
    private final SymbolMetrics metrics;
    /** The build id that was last logged as not readable, until one is read again. */
    private volatile String lastUnreadable = "";

    private Symbols(
            SymbolFolder folder,
            DebuginfoFiles files,
            SymbolLimits limits,
            UnaryOperator<String> demangle,
            SymbolMetrics metrics,
            Clock clock) {
        this.uploads = new Uploads(folder, files, limits, clock);
        this.tables = new SymbolTables(files, limits.maxTableBytes());
        this.naming = new Naming(demangle);
        this.names = new NameCache(folder, files, naming, limits);
        this.store = new DebuginfoStore(files, uploads, this::uploaded, clock);
        this.metrics = metrics;
    }

    /**
     * Opens the symbols of a folder, which is made if need be.
     *
     * @param demangle turns a mangled name into the one people read; leaves others as they are
     */
    public static Symbols open(
            Path root, SymbolLimits limits, UnaryOperator<String> demangle, SymbolMetrics metrics, Clock clock)
            throws IOException {
        SymbolFolder folder = SymbolFolder.open(root);
        DebuginfoFiles files = DebuginfoFiles.open(folder, limits.maxDiskBytes(), clock);
        Symbols symbols = new Symbols(folder, files, limits, demangle, metrics, clock);
        metrics.watch(files::count, files::sizeBytes, symbols.uploads::count, symbols.tables::memoryBytes);
        return symbols;
    }

    /** The gRPC service by which agents bring debuginfo. */
    public BindableService service() {
        return new DebuginfoService(store);
    }

    private void uploaded(String buildId) {
        tables.forget(buildId);
        names.forgetUnnamed(buildId);
        metrics.uploaded();
    }

    /**
     * The location with its lines: those the profile had, else what its build id and address are known as. As it is
     * where nothing is known.
     */
    public StoredLocation named(StoredLocation location) {
        if (!location.lines().isEmpty() || !BuildId.isValid(location.buildId())) {
            return location;
        }
        String buildId = location.buildId();
        List<StoredLine> lines = lines(buildId, location.address());
        return lines.isEmpty()
                ? location
                : new StoredLocation(
                        location.mappingFile(),
                        buildId,
                        location.mappingStart(),
                        location.mappingLimit(),
                        location.mappingOffset(),
                        location.address(),
                        lines);
    }

    private List<StoredLine> lines(String buildId, long address) {
        Optional<BuildNames> ofBuild = names.of(buildId);
        if (ofBuild.isEmpty()) {
            metrics.noDebuginfo();
            return List.of();
        }
        try {
            List<StoredLine> lines = ofBuild.get().lines(address, at -> find(buildId, at));
            lastUnreadable = "";
            return lines;
        } catch (IOException e) {
            // Out of descriptors, or the disk fails: the next question may find them. One line, not one per address.
            if (!buildId.equals(lastUnreadable)) {
                lastUnreadable = buildId;
                LOG.warn("debuginfo of {} cannot be read now: {}", buildId, e.toString());
            }
            return List.of();
        }
    }

    private List<StoredLine> find(String buildId, long address) throws IOException {
        Optional<SymbolTable> table = tables.get(buildId);
        if (table.isEmpty()) {
            metrics.noDebuginfo();
            return List.of();
        }
        Symbol symbol = table.get().lookup(address);
        if (symbol == null) {
            metrics.noSymbol();
            return List.of();
        }
        metrics.named();
        return List.of(naming.line(symbol.name(), "", 0));
    }

    /** Writes new names to disk, lets go of what is over the bounds, gives up dead uploads. To be called often. */
    public void tidy() throws IOException {
        uploads.closeIdle();
        names.flush();
    }

    /** Removes the oldest names from disk, down to the bound. To be called now and then: it lists all of them. */
    public void trimDisk() throws IOException {
        names.trimDisk();
    }

    @Override
    public void close() throws IOException {
        names.flush();
    }
}
