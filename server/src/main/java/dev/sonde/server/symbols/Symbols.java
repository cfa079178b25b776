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

/**
 * The symbols of a data folder: takes debuginfo, and names addresses of profiles whenever they came. Any number of
 * threads; blocks on the disk.
 */
public final class Symbols implements AutoCloseable {

    private final Uploads uploads;
    private final DebuginfoStore store;
    private final SymbolTables tables;
    private final NameCache names;
    private final Naming naming;
    private final SymbolMetrics metrics;

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
        this.names = new NameCache(folder, naming, limits);
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
        List<StoredLine> lines = names.of(buildId).lines(location.address(), address -> find(buildId, address));
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

    private List<StoredLine> find(String buildId, long address) {
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
