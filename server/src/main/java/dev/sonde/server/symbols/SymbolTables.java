package dev.sonde.server.symbols;

import dev.sonde.symbolizer.elf.ElfException;
import dev.sonde.symbolizer.elf.ElfFile;
import dev.sonde.symbolizer.symbols.SymbolTable;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Symbol tables in memory, up to a number of bytes; the least recently used goes first. */
final class SymbolTables {

    private static final Logger LOG = LoggerFactory.getLogger(SymbolTables.class);

    private final DebuginfoFiles files;
    private final long maxBytes;
    /** Least recently used first. */
    private final Map<String, SymbolTable> tables = new LinkedHashMap<>(16, 0.75f, true);

    private long bytes;

    /** Counts what was forgotten: a table read before is not kept after. */
    private long forgotten;

    SymbolTables(DebuginfoFiles files, long maxBytes) {
        this.files = files;
        this.maxBytes = maxBytes;
    }

    /**
     * The table of a build id; empty where there is no debuginfo.
     *
     * @throws IOException when the debuginfo cannot be read at this time
     */
    Optional<SymbolTable> get(String buildId) throws IOException {
        Optional<Path> path = files.use(buildId);
        long asOf;
        synchronized (this) {
            asOf = forgotten;
            SymbolTable table = tables.get(buildId);
            if (table != null || path.isEmpty()) {
                return Optional.ofNullable(table);
            }
        }
        // Read outside the lock: a table of a hundred thousand symbols takes a while.
        return read(buildId, path.get(), asOf);
    }

    private Optional<SymbolTable> read(String buildId, Path path, long asOf) throws IOException {
        try (ElfFile file = ElfFile.open(path)) {
            SymbolTable table = SymbolTable.read(file);
            put(buildId, table, asOf);
            return Optional.of(table);
        } catch (ElfException | NoSuchFileException e) {
            // It was sound when it came in: the disk lost it. Without it the next agent is asked for it again.
            LOG.warn("debuginfo of {} is not readable any more and goes", buildId, e);
            drop(buildId);
            return Optional.empty();
        }
    }

    private void drop(String buildId) {
        try {
            files.drop(buildId);
        } catch (IOException e) {
            LOG.warn("debuginfo of {} cannot be removed", buildId, e);
        }
    }

    /** Forgets a table: there is another file now. */
    synchronized void forget(String buildId) {
        forgotten++;
        SymbolTable table = tables.remove(buildId);
        bytes -= table == null ? 0 : table.memoryBytes();
    }

    private synchronized void put(String buildId, SymbolTable table, long asOf) {
        if (asOf != forgotten) {
            return;
        }
        SymbolTable replaced = tables.put(buildId, table);
        bytes += table.memoryBytes() - (replaced == null ? 0 : replaced.memoryBytes());
        Iterator<SymbolTable> oldest = tables.values().iterator();
        // The one just read stays, whatever its size: it is about to be asked.
        while (bytes > maxBytes && tables.size() > 1) {
            bytes -= oldest.next().memoryBytes();
            oldest.remove();
        }
    }

    /** Bytes in memory. */
    synchronized long memoryBytes() {
        return bytes;
    }
}
