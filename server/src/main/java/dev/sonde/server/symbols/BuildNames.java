package dev.sonde.server.symbols;

import dev.sonde.server.store.StoredLocation.StoredLine;
import it.unimi.dsi.fastutil.longs.Long2ObjectOpenHashMap;
import it.unimi.dsi.fastutil.longs.LongOpenHashSet;
import java.io.IOException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is known of one build id's addresses: the lines of some, and of others that there is no name with what is here.
 * Guarded by itself.
 */
final class BuildNames {

    private static final Logger LOG = LoggerFactory.getLogger(BuildNames.class);

    /** Finds lines in the debuginfo; an empty list where there are none, an exception where it cannot be read now. */
    interface Finder {
        List<StoredLine> find(long address) throws IOException;
    }

    private final NameFile file;
    private final int maxAddresses;
    private final Long2ObjectOpenHashMap<List<StoredLine>> named = new Long2ObjectOpenHashMap<>();
    private final LongOpenHashSet unnamed = new LongOpenHashSet();

    private BuildNames(NameFile file, int maxAddresses) {
        this.file = file;
        this.maxAddresses = maxAddresses;
    }

    /** Reads the names of a file. */
    static BuildNames read(NameFile file, Naming naming, int maxAddresses) {
        BuildNames names = new BuildNames(file, maxAddresses);
        try {
            file.read(naming, (address, lines) -> {
                if (names.named.size() < maxAddresses) {
                    names.named.put(address, List.copyOf(lines));
                }
            });
        } catch (IOException | RuntimeException e) {
            // Names can be found again from the debuginfo; a broken file must not stop a query.
            LOG.warn("names are not readable and will be found anew", e);
        }
        return names;
    }

    /** The lines of an address, empty where there are none; what the finder could not read is not remembered. */
    synchronized List<StoredLine> lines(long address, Finder finder) throws IOException {
        List<StoredLine> known = named.get(address);
        if (known != null) {
            return known;
        }
        if (unnamed.contains(address)) {
            return List.of();
        }
        List<StoredLine> found = finder.find(address);
        if (size() < maxAddresses) {
            if (found.isEmpty()) {
                unnamed.add(address);
            } else {
                named.put(address, found);
                file.add(address, found);
            }
        }
        return found;
    }

    /** Forgets that addresses had no name: there is new debuginfo. */
    synchronized void forgetUnnamed() {
        unnamed.clear();
    }

    /** Writes new names to disk. */
    synchronized void flush() {
        try {
            file.flush();
        } catch (IOException e) {
            LOG.warn("names cannot be kept", e);
        }
    }

    /** Addresses in memory. */
    synchronized int size() {
        return named.size() + unnamed.size();
    }
}
